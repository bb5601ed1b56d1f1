import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { newWrappedKey, rewrapKey, seal, unseal, unwrapKey, vaultKeys } from './key-hierarchy.ts'

const binding = { statement: 'statement', commitment: 'commitment', subject: 'subject', mediaType: 'text/plain' }
const newKey = () => createSecretKey(randomBytes(32))

describe('the keys of a vault', () => {
  it('wrap as RFC 3394 section 4.6 does', () => {
    const hex = (text: string) => Buffer.from(text, 'hex')
    const wrapping = createSecretKey(hex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'))
    const wrapped = hex('28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21')
    expect(unwrapKey(wrapping, wrapped).export().toString('hex')).toBe(
      '00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f',
    )
  })

  it('are unwrapped by the key that wrapped them, and by no other', () => {
    const wrapping = newKey()
    const { key, wrapped } = newWrappedKey(wrapping)
    expect(unwrapKey(wrapping, wrapped).export()).toEqual(Buffer.from(key))
    expect(() => unwrapKey(newKey(), wrapped)).toThrow()
    wrapped[7] = (wrapped[7] ?? 0) ^ 1
    expect(() => unwrapKey(wrapping, wrapped)).toThrow()
  })

  it('are the same key when another key wraps them', () => {
    const [from, to] = [newKey(), newKey()]
    const { key, wrapped } = newWrappedKey(from)
    expect(unwrapKey(to, rewrapKey(from, to, wrapped)).export()).toEqual(Buffer.from(key))
  })

  it('are never the same twice', () => {
    const keys = Array.from({ length: 1000 }, () => Buffer.from(newWrappedKey(newKey()).key).toString('hex'))
    expect(new Set(keys).size).toBe(1000)
    expect(keys.every((key) => key.length === 64 && key !== '00'.repeat(32))).toBe(true)
  })

  it('differ for each vault under one master key', () => {
    const master = newKey()
    const [a, b] = [vaultKeys(master, randomBytes(16)), vaultKeys(master, randomBytes(16))]
    expect(a.wrapping.equals(b.wrapping)).toBe(false)
    expect(a.check).not.toEqual(b.check)
    expect(a.check).not.toEqual(a.wrapping.export())
  })

  it('open a content where it was sealed, and nowhere else', () => {
    const key = newKey()
    const sealed = seal(key, binding, [Buffer.from('what '), Buffer.from('was said')])
    expect(Buffer.from(unseal(key, binding, sealed)).toString()).toBe('what was said')
    for (const member of ['statement', 'commitment', 'subject', 'mediaType'] as const)
      expect(() => unseal(key, { ...binding, [member]: 'another' }, sealed), member).toThrow()
    expect(() => unseal(newKey(), binding, sealed)).toThrow()
    for (let index = 0; index < sealed.length; index++) {
      const altered = Uint8Array.from(sealed)
      altered[index] = (altered[index] ?? 0) ^ 1
      expect(() => unseal(key, binding, altered), `byte ${index}`).toThrow()
    }
    expect(() => unseal(key, binding, sealed.subarray(0, -1))).toThrow()
  })
})
