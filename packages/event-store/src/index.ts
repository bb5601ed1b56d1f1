export * from './errors.ts'
export * from './event-store.ts'
