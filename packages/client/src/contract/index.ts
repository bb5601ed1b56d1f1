export * from './changes.ts'
export * from './problems.ts'
export * from './submission.ts'
export * from './views.ts'
