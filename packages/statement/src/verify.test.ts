import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toBase64url } from './encoding.ts'
import { importSignatureKey } from './keys.ts'

/** What `verifyStatement` rests on: WebCrypto under a key that we imported. */
async function verifies(publicKey: Uint8Array, signature: Uint8Array, message: Uint8Array): Promise<boolean> {
  const key = await importSignatureKey({ kty: 'OKP', crv: 'Ed25519', x: toBase64url(publicKey) })
  return crypto.subtle.verify('Ed25519', key, Uint8Array.from(signature), Uint8Array.from(message))
}

describe('Ed25519 as it verifies statements', () => {
  // Under a key of small order one signature fits every message: whoever used such a key could deny whatever it signed.
  it.each([
    ['1', '0100000000000000000000000000000000000000000000000000000000000000'],
    ['2', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
    ['4', '0000000000000000000000000000000000000000000000000000000000000000'],
    ['4, the other', '0000000000000000000000000000000000000000000000000000000000000080'],
    ['8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ['8, the second', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'],
    ['8, the third', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
    ['8, the fourth', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'],
    ['1, in another encoding', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ])('takes no signature under a key of order %s', async (_, point) => {
    const key = Uint8Array.fromHex(point)
    for (const r of [point, '0100000000000000000000000000000000000000000000000000000000000000']) {
      for (let message = 0; message < 16; message++) {
        const signature = Uint8Array.from([...Uint8Array.fromHex(r), ...new Uint8Array(32)])
        expect(await verifies(key, signature, Uint8Array.of(message)).catch(() => false)).toBe(false)
      }
    }
  })
})

interface Group {
  readonly publicKey: { readonly pk: string }
  readonly tests: readonly {
    readonly tcId: number
    readonly comment: string
    readonly msg: string
    readonly sig: string
    readonly result: 'valid' | 'invalid'
  }[]
}

const vectors = join(import.meta.dirname, '../../../../shared/vectors/wycheproof/ed25519_test.json')

if (existsSync(vectors)) {
  describe('Wycheproof, Ed25519 as it verifies statements', () => {
    const { testGroups } = JSON.parse(readFileSync(vectors, 'utf8')) as { testGroups: Group[] }
    const tests = testGroups.flatMap(({ publicKey, tests }) => tests.map((test) => ({ ...test, pk: publicKey.pk })))
    /** By tcId, with the reason. None is needed. */
    const exceptions: Readonly<Record<number, string>> = {}

    it('has 151 vectors', () => expect(tests).toHaveLength(151))

    it.each(tests)('$tcId $comment ($result)', async ({ tcId, pk, sig, msg, result }) => {
      const found = await verifies(Uint8Array.fromHex(pk), Uint8Array.fromHex(sig), Uint8Array.fromHex(msg))
      expect(found).toBe((result === 'valid') !== tcId in exceptions)
    })
  })
} else if (process.env.TIDINGS_REQUIRE_SHARED === '1') {
  it('Wycheproof', () =>
    expect.fail('../shared/vectors/wycheproof is not beside the project, and TIDINGS_REQUIRE_SHARED=1'))
} else {
  it.skip('Wycheproof: NOT CHECKED, ../shared/vectors/wycheproof is not beside the project', () => {})
}
