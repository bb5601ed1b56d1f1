export * from './errors.ts'
export * from './vault.ts'
