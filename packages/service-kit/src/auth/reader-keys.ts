import type { KeyRole, PublicKey } from '@tidings/statement'

/** A key of a party as it counts at present. */
export interface CurrentKey {
  readonly jwk: PublicKey
  readonly role: KeyRole
}

/** Finds a current key of a party: one that has not ended and was not revoked. Asked on every request, so that a revocation counts at once. */
export type FindKey = (party: string, kid: string) => CurrentKey | undefined

/** Keys that may read: officers' keys and the party's own signing keys. A `recover` key stays offline, a `seal` key only decrypts. */
export function mayRead({ role }: CurrentKey): boolean {
  return role === 'sign' || role === 'release' || role === 'draft' || role === 'read'
}

/** Who reads: a party, under one of its keys. */
export interface Reader {
  readonly party: string
  readonly kid: string
}

/** Who reads, and until when its token counts, in milliseconds: what is held open longer than that has to end. */
export interface AuthenticatedReader extends Reader {
  readonly until: number
}
