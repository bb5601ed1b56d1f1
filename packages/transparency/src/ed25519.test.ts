import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { verifyEd25519 } from './ed25519.ts'
import { inventedSigner } from './invented-log.fixture.ts'
import { describeVectors } from './shared-vectors.fixture.ts'

describe('Ed25519', () => {
  it('verifies what it signed, and nothing else', async () => {
    const signer = await inventedSigner()
    const message = new TextEncoder().encode('a message')
    const signature = await signer.sign(message)
    expect(await verifyEd25519(signer.publicKey, signature, message)).toBe(true)
    expect(await verifyEd25519(signer.publicKey, signature, signature)).toBe(false)
    expect(await verifyEd25519((await inventedSigner(2)).publicKey, signature, message)).toBe(false)
  })

  it('verifies nothing under a key, or with a signature, of another length', async () => {
    const signer = await inventedSigner()
    const message = new Uint8Array(3)
    const signature = await signer.sign(message)
    expect(await verifyEd25519(signer.publicKey.subarray(1), signature, message)).toBe(false)
    expect(await verifyEd25519(signer.publicKey, signature.subarray(1), message)).toBe(false)
  })

  it('asks no engine about a key of small order or out of canonical form: engines differ, and such a key signs everything', async () => {
    const asked = vi.spyOn(crypto.subtle, 'importKey')
    for (const key of ['00'.repeat(32), `01${'00'.repeat(31)}`, `ec${'ff'.repeat(30)}7f`, `ee${'ff'.repeat(30)}7f`]) {
      const universal = Uint8Array.fromHex(`01${'00'.repeat(63)}`)
      expect(await verifyEd25519(Uint8Array.fromHex(key), universal, new Uint8Array(3))).toBe(false)
    }
    expect(asked).not.toHaveBeenCalled()
    asked.mockRestore()
  })
})

describeVectors('Wycheproof Ed25519 through the verification we use', 'wycheproof', (folder) => {
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
  const { testGroups } = JSON.parse(readFileSync(join(folder, 'ed25519_test.json'), 'utf8')) as { testGroups: Group[] }
  const tests = testGroups.flatMap(({ publicKey, tests }) => tests.map((test) => ({ ...test, pk: publicKey.pk })))

  /** By tcId, with the reason. None is needed. */
  const exceptions: Readonly<Record<number, string>> = {}

  it.each(tests)('$tcId $comment', async ({ tcId, pk, sig, msg, result }) => {
    const [key, signature, message] = [pk, sig, msg].map((hex) => Uint8Array.fromHex(hex)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
    expect(await verifyEd25519(key, signature, message)).toBe((result === 'valid') !== tcId in exceptions)
  })

  it('are all there', () => expect(tests).toHaveLength(151))
})
