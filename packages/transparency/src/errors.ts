/** Stable codes of the errors of this package. */
export type TransparencyErrorCode =
  | 'transparency/malformed-vkey'
  | 'transparency/malformed-note'
  | 'transparency/malformed-checkpoint'
  | 'transparency/malformed-proof'
  | 'transparency/malformed-entries'
  | 'transparency/malformed-path'
  | 'transparency/signature-missing'
  | 'transparency/signature-invalid'
  | 'transparency/inclusion-invalid'
  | 'transparency/consistency-invalid'
  | 'transparency/out-of-range'
  | 'transparency/entry-too-large'
  | 'transparency/fork'
  | 'transparency/resource-missing'
  | 'transparency/tile-damaged'
  | 'transparency/entries-damaged'
  | 'transparency/checkpoint-damaged'
  | 'transparency/unreachable'
  | 'transparency/closed'
  | 'transparency/log-exists'
  | 'transparency/other-key'
  | 'transparency/newer-format'
  | 'transparency/second-writer'
  | 'transparency/writer-failed'
  | 'transparency/guard-missing'
  | 'transparency/guard-behind'
  | 'transparency/guard-conflict'
  | 'transparency/guard-damaged'
  | 'transparency/record-behind-guard'
  | 'transparency/record-differs'

/** Every error of this package; `code` is stable, the message says what to do where something can be done. */
export class TransparencyError extends Error {
  override name = 'TransparencyError'
  readonly code: TransparencyErrorCode
  constructor(code: TransparencyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Codes of a resource of the log that is missing or not what was signed. */
export type DamageCode =
  | 'transparency/resource-missing'
  | 'transparency/tile-damaged'
  | 'transparency/entries-damaged'
  | 'transparency/checkpoint-damaged'

/** A resource of the log is missing, or is not what the checkpoint commits to. `path` names it as tlog-tiles does. */
export class DamagedLogError extends TransparencyError {
  override name = 'DamagedLogError'
  declare readonly code: DamageCode
  /** E.g. `tile/0/x001/067`, `tile/entries/000.p/15`, `checkpoint`. */
  readonly path: string
  constructor(code: DamageCode, path: string, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.path = path
  }
}
