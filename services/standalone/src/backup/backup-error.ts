/** Stable codes of what keeps a backup from being made or restored. */
export type BackupErrorCode =
  | 'backup/no-data-folder'
  | 'backup/exists'
  | 'backup/inside'
  | 'backup/not-a-backup'
  | 'backup/damaged'
  | 'backup/other-keys'

/** A backup could not be made, or is not restored; the message says what to do. Nothing was left behind under the name that was given. */
export class BackupError extends Error {
  override name = 'BackupError'
  readonly code: BackupErrorCode
  constructor(code: BackupErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
