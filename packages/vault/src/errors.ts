/** Stable codes of the errors of this package. */
export type VaultErrorCode =
  | 'vault/master-key-missing'
  | 'vault/master-key-permissions'
  | 'vault/master-key-malformed'
  | 'vault/master-key-wrong'
  | 'vault/master-key-exists'
  | 'vault/damaged'
  | 'vault/newer-format'
  | 'vault/second-writer'
  | 'vault/unavailable'
  | 'vault/closed'

/** An error of the vault; `code` is stable, the message says what to do. It never holds anything of a content. */
export class VaultError extends Error {
  override name = 'VaultError'
  readonly code: VaultErrorCode
  constructor(code: VaultErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
