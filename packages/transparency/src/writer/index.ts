export type { EntryRecord } from './entry-record.ts'
export type { Guard, GuardState } from './guard.ts'
export { openGuardFile, readGuardFile } from './guard-file.ts'
export {
  createLog,
  type LogWriter,
  type LogWriterOptions,
  type OpenLogOptions,
  openLog,
} from './log-writer.ts'
export { restoreLogFolder } from './restore-folder.ts'
