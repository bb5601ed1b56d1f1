/** Stable codes of the errors of the log service. */
export type LogServiceErrorCode = 'log/key-unusable' | 'log/lost' | 'log/order'

/** The log service refuses to go on; the message says what to do. */
export class LogServiceError extends Error {
  override name = 'LogServiceError'
  readonly code: LogServiceErrorCode
  constructor(code: LogServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
