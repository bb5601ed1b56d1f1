import { canonicalForm } from './canonical-form.ts'
import { toBase64url } from './encoding.ts'
import { labelledHash } from './hash.ts'

/** The party id that an inception makes: `SHA-256("tidings/party/v1\n" || canonical form of its body)`. */
export function partyIdOf(body: unknown): string {
  return toBase64url(labelledHash('tidings/party/v1\n', canonicalForm(body)))
}
