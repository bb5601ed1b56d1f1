export * from './errors.ts'
export * from './seal-contents.ts'
export * from './vault.ts'
