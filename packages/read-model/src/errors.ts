import { FileError } from '@tidings/sqlite-file'

/** Stable codes of the errors of this package. */
export type ReadModelErrorCode =
  | 'read-model/in-use'
  | 'read-model/not-ours'
  | 'read-model/damaged'
  | 'read-model/unavailable'
  | 'read-model/gap'
  | 'read-model/closed'

/** An error of a read model; `code` is stable, the message says what to do. */
export class ReadModelError extends Error {
  override name = 'ReadModelError'
  readonly code: ReadModelErrorCode
  constructor(code: ReadModelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What SQLite, or the file system, says about the file, as an error of this package; anything else as it is. */
export function toReadModelError(error: unknown): unknown {
  if (!(error instanceof FileError)) return error
  const cause = { cause: error }
  switch (error.reason) {
    case 'in-use':
      return new ReadModelError('read-model/in-use', error.message, cause)
    case 'not-ours':
      return new ReadModelError(
        'read-model/not-ours',
        `${error.message}: name another file, or move this one away`,
        cause,
      )
    case 'damaged':
      return new ReadModelError('read-model/damaged', `${error.message}: open it again, and it is made anew`, cause)
    case 'newer':
    case 'missing':
    case 'unavailable':
      return new ReadModelError('read-model/unavailable', error.message, cause)
  }
}
