// The order of the group of edwards25519 (RFC 8032 section 5.1).
const order = 2n ** 252n + 27742317777372353535851937790883648493n

const toNumber = (bytes: Uint8Array) => bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n)
const toBytes = (number: bigint) => Uint8Array.from({ length: 32 }, (_, i) => Number((number >> BigInt(8 * i)) & 255n))
const sha512 = async (...parts: readonly Uint8Array[]) =>
  new Uint8Array(await crypto.subtle.digest('SHA-512', Uint8Array.from(parts.flatMap((part) => [...part]))))

/**
 * A signature that the holder of an Ed25519 key can make and no honest signer makes: its R is the neutral point. The equation of RFC 8032 section
 * 5.1.7 holds for it, yet engines differ on whether they take it.
 */
export async function signOddly(seed: Uint8Array, publicKey: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  const scalar = (await sha512(seed)).slice(0, 32)
  scalar[0] = (scalar[0] ?? 0) & 248
  scalar[31] = ((scalar[31] ?? 0) & 127) | 64
  const neutral = toBytes(1n)
  const challenge = toNumber(await sha512(neutral, publicKey, message)) % order
  return Uint8Array.from([...neutral, ...toBytes((challenge * toNumber(scalar)) % order)])
}
