import { sha256, toBase64url, utf8 } from '@tidings/statement'

/** How a proof names an access token (`ath`, RFC 9449 section 4.2). */
export function tokenHash(token: string): string {
  return toBase64url(sha256(utf8(token)))
}
