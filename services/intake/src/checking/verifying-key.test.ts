import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  importSignatureKey,
  readStatement,
  type SignatureKey,
  type Signer,
  StatementError,
  signStatement,
  toBase64url,
  verifyStatement,
  verifyStatementBy,
  webCryptoSigner,
} from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { verifyingKey } from './verifying-key.ts'

async function newSigner(curve: 'Ed25519' | 'P-256'): Promise<Signer> {
  const algorithm = curve === 'Ed25519' ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve: 'P-256' }
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const key: SignatureKey = curve === 'Ed25519' ? { kty: 'OKP', crv: 'Ed25519', x } : { kty: 'EC', crv: 'P-256', x, y }
  return webCryptoSigner(key, pair.privateKey)
}

const digest = (byte: number) => toBase64url(new Uint8Array(32).fill(byte))
const payload = {
  v: 1,
  kind: 'request.withdraw',
  iss: digest(1),
  mechanism: '01980000-0000-7000-8000-000000000001',
  about: '01980000-0000-7000-8000-000000000002',
  aud: [digest(2)],
  iat: '2031-01-01T00:00:00Z',
  re: [digest(3)],
  seen: { origin: 'log.example', size: 0, root: digest(4) },
  body: {},
} as const

/** Whether both ways to verify a statement say the same, and what. */
async function agree(jws: string, key: SignatureKey): Promise<boolean> {
  const statement = readStatement(jws)
  const one = await verifyStatement(statement, await importSignatureKey(key)).then(
    () => true,
    (error: unknown) => {
      expect(error).toBeInstanceOf(StatementError)
      return false
    },
  )
  let other = true
  try {
    verifyStatementBy(verifyingKey(key), statement)
  } catch (error) {
    expect(error).toMatchObject({ code: 'statement/signature' })
    other = false
  }
  expect(other).toBe(one)
  return other
}

describe.each(['Ed25519', 'P-256'] as const)('a key of %s in the library of the platform', (curve) => {
  it('takes what WebCrypto takes, and nothing that was altered', async () => {
    const signer = await newSigner(curve)
    const { jws } = await signStatement(payload, signer)
    expect(await agree(jws, signer.key)).toBe(true)
    expect(await agree(jws, (await newSigner(curve)).key)).toBe(false)
    const [header, body, signature = ''] = jws.split('.')
    const bytes = Uint8Array.fromBase64(signature, { alphabet: 'base64url' })
    for (let i = 0; i < bytes.length; i++) {
      const altered = Uint8Array.from(bytes)
      altered[i] = (altered[i] ?? 0) ^ 1
      expect(await agree(`${header}.${body}.${toBase64url(altered)}`, signer.key)).toBe(false)
    }
  })

  it('takes no signature whose header names another algorithm', async () => {
    const signer = await newSigner(curve)
    const { jws } = await signStatement(payload, await newSigner(curve === 'Ed25519' ? 'P-256' : 'Ed25519'))
    expect(await agree(jws, signer.key)).toBe(false)
  })
})

interface Group {
  readonly publicKey: { readonly pk: string }
  readonly tests: readonly {
    readonly tcId: number
    readonly comment: string
    readonly msg: string
    readonly sig: string
    readonly result: string
  }[]
}

const vectors = join(import.meta.dirname, '../../../../../shared/vectors/wycheproof/ed25519_test.json')

if (existsSync(vectors)) {
  describe('Wycheproof, Ed25519 as intake verifies it', () => {
    const { testGroups } = JSON.parse(readFileSync(vectors, 'utf8')) as { testGroups: Group[] }
    const tests = testGroups.flatMap(({ publicKey, tests }) => tests.map((test) => ({ ...test, pk: publicKey.pk })))

    it('has 151 vectors', () => expect(tests).toHaveLength(151))

    it.each(tests)('$tcId $comment ($result)', ({ pk, sig, msg, result }) => {
      const key = verifyingKey({ kty: 'OKP', crv: 'Ed25519', x: toBase64url(Uint8Array.fromHex(pk)) })
      expect(key.verifies(Uint8Array.fromHex(msg), Uint8Array.fromHex(sig))).toBe(result === 'valid')
    })
  })
} else if (process.env.TIDINGS_REQUIRE_SHARED === '1') {
  it('Wycheproof', () =>
    expect.fail('../shared/vectors/wycheproof is not beside the project, and TIDINGS_REQUIRE_SHARED=1'))
} else {
  it.skip('Wycheproof: NOT CHECKED, ../shared/vectors/wycheproof is not beside the project', () => {})
}
