export * from './create-logger.ts'
export * from './create-server.ts'
export * from './health.ts'
export * from './problem-error.ts'
