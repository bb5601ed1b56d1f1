export * from './dump.ts'
export * from './errors.ts'
export * from './follow.ts'
export * from './read-model.ts'
