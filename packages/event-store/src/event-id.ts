/**
 * Makes the id of an event from the SHA-256 that identifies its content: the first 16 bytes as a UUIDv8 (RFC 9562 section 5.8).
 *
 * 122 of the hash's bits remain, so two contents never share an id by chance, and a sender who wants them to must do about 2^61 work.
 *
 * @param sha256 32 bytes
 * @throws {RangeError} it has another length
 *
 * @example
 * eventId(await statementIdentity(jws)) // '2cf24dba-5fb0-8a30-a6e8-3b2ac5b9e29e'
 */
export function eventId(sha256: Uint8Array): string {
  if (sha256.length !== 32) throw new RangeError(`a SHA-256 has 32 bytes, this has ${sha256.length}`)
  const hex = sha256.toHex()
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
