export * from './errors.ts'
export * from './event-id.ts'
export * from './event-store.ts'
