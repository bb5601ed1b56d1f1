import { describe, expect, it } from 'vitest'
import { toBase64url, utf8 } from './encoding.ts'
import { algorithmOf, importSignatureKey, type SignatureKey, signatureKey, thumbprint } from './keys.ts'
import { type Signer, signStatement, webCryptoSigner } from './sign.ts'
import { example, invented } from './spec/examples.ts'
import { headerOf, readStatement, type Statement } from './statement.ts'
import { verifyStatement } from './verify.ts'

async function newSigner(curve: 'Ed25519' | 'P-256'): Promise<Signer> {
  const algorithm = curve === 'Ed25519' ? 'Ed25519' : { name: 'ECDSA', namedCurve: 'P-256' }
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  return webCryptoSigner(signatureKey.parse({ kty, crv, x, ...(y !== undefined && { y }) }), pair.privateKey)
}

const payload = example('case.describe') as Statement<'case.describe'>['payload']
const keyOf = (signer: Signer) => importSignatureKey(signer.key)
const refused = { code: 'statement/signature', field: 'signature' }

describe.each(['Ed25519', 'P-256'] as const)('a statement signed by a key on %s', (curve) => {
  it('is what the gate takes, and verifies under its key', async () => {
    const signer = await newSigner(curve)
    const signed = await signStatement(payload, signer)
    expect(readStatement(signed.jws)).toEqual(signed)
    expect(signed).toMatchObject({ alg: curve === 'P-256' ? 'ES256' : 'Ed25519', kid: thumbprint(signer.key), payload })
    await expect(verifyStatement(readStatement(signed.jws), await keyOf(signer))).resolves.toBeUndefined()
  })

  it('verifies under no other key, of the same curve or the other', async () => {
    const signed = await signStatement(payload, await newSigner(curve))
    for (const other of ['Ed25519', 'P-256'] as const) {
      await expect(verifyStatement(signed, await keyOf(await newSigner(other)))).rejects.toMatchObject(refused)
    }
  })

  it('verifies no more when a bit of header, payload or signature is changed', async () => {
    const signer = await newSigner(curve)
    const signed = await signStatement(payload, signer)
    const key = await keyOf(signer)
    const [header = '', body = '', signature = ''] = signed.jws.split('.')
    const bytes = Uint8Array.fromBase64(signature, { alphabet: 'base64url' })
    for (const at of [0, 31, 32, 63]) {
      const changed = bytes.with(at, (bytes[at] ?? 0) ^ 1)
      const jws = `${header}.${body}.${toBase64url(Uint8Array.from(changed))}`
      await expect(verifyStatement(readStatement(jws), key)).rejects.toMatchObject(refused)
    }
    const otherBody = (await signStatement({ ...payload, iat: '2031-01-01T00:00:01Z' }, signer)).jws.split('.')[1]
    await expect(verifyStatement(readStatement(`${header}.${otherBody}.${signature}`), key)).rejects.toMatchObject(
      refused,
    )
    const otherHeader = toBase64url(utf8(headerOf(signed.alg, invented('another key'))))
    await expect(verifyStatement(readStatement(`${otherHeader}.${body}.${signature}`), key)).rejects.toMatchObject(
      refused,
    )
  })

  it("is verified by the key's algorithm, whatever the header says", async () => {
    const signer = await newSigner(curve)
    const signed = await signStatement(payload, signer)
    const [, body = '', signature = ''] = signed.jws.split('.')
    const other = signed.alg === 'ES256' ? 'Ed25519' : 'ES256'
    const jws = `${toBase64url(utf8(headerOf(other, signed.kid)))}.${body}.${signature}`
    await expect(verifyStatement(readStatement(jws), await keyOf(signer))).rejects.toMatchObject(refused)
  })
})

describe('signing', () => {
  it('refuses what the gate would refuse', async () => {
    const signer = await newSigner('Ed25519')
    for (const wrong of [
      { ...payload, iat: 'now' },
      { ...payload, mechanism: undefined },
      { ...payload, note: 'x' },
    ]) {
      await expect(signStatement(wrong as typeof payload, signer)).rejects.toMatchObject({ code: 'statement/schema' })
    }
  })

  it('makes the same statement of the same payload under Ed25519, and under ES256 the same identity', async () => {
    const ed25519 = await newSigner('Ed25519')
    expect(await signStatement(payload, ed25519)).toEqual(await signStatement(payload, ed25519))
    const p256 = await newSigner('P-256')
    const [one, two] = [await signStatement(payload, p256), await signStatement(payload, p256)]
    expect(one.jws).not.toBe(two.jws)
    expect(one.id).toBe(two.id)
  })

  it('does not depend on the order in which members were written', async () => {
    const signer = await newSigner('Ed25519')
    const reversed = Object.fromEntries(Object.entries(payload).reverse()) as unknown as typeof payload
    expect((await signStatement(reversed, signer)).jws).toBe((await signStatement(payload, signer)).jws)
  })
})

describe('keys', () => {
  it('are named by their thumbprint (RFC 8037, appendix A.3)', () => {
    const key = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' } as const
    expect(thumbprint(key)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  })

  it('have one algorithm each', () => {
    expect(algorithmOf({ kty: 'OKP', crv: 'Ed25519', x: invented('x') })).toBe('Ed25519')
    expect(algorithmOf({ kty: 'EC', crv: 'P-256', x: invented('x'), y: invented('y') })).toBe('ES256')
  })

  it('have their required members only', () => {
    const key = { kty: 'OKP', crv: 'Ed25519', x: invented('x') }
    expect(signatureKey.safeParse(key).success).toBe(true)
    for (const more of [{ kid: 'x' }, { alg: 'Ed25519' }, { use: 'sig' }, { d: invented('d') }, { y: invented('y') }]) {
      expect(signatureKey.safeParse({ ...key, ...more }).success).toBe(false)
    }
    for (const crv of ['X25519', 'Ed448', 'P-384', 'secp256k1']) {
      expect(signatureKey.safeParse({ ...key, crv }).success).toBe(false)
    }
  })

  it('are points of their curve', async () => {
    const off: SignatureKey = { kty: 'EC', crv: 'P-256', x: invented('x'), y: invented('y') }
    await expect(importSignatureKey(off)).rejects.toMatchObject({ code: 'statement/key', field: 'key' })
  })
})
