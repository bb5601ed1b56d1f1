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
