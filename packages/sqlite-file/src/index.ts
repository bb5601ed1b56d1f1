export { FileError, type FileErrorReason, fileErrorOf } from './file-error.ts'
export * from './group-commit.ts'
export * from './open-file.ts'
export * from './writer-lock.ts'
