import type { Checkpoint } from '@tidings/transparency'
import { describe, expect, it, vi } from 'vitest'
import { Proving } from './proving.ts'

describe('leaves that are to be proved', () => {
  const hash = (byte: number) => new Uint8Array(32).fill(byte)
  /** A log of ten leaves under one checkpoint; the path of a leaf is a hash that holds its index. Tiles may be damaged. */
  function logOfTen({ damaged }: { readonly damaged?: number } = {}) {
    const checkpoint = { size: 10, text: 'the checkpoint' } as Checkpoint
    const waitForSize = vi.fn(async (size: number, signal: AbortSignal) => {
      if (size <= checkpoint.size) return checkpoint
      const { promise, reject } = Promise.withResolvers<never>()
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      return await promise
    })
    const inclusionProofs = vi.fn(async (leaves: readonly number[]) => {
      if (damaged !== undefined && leaves.includes(damaged)) throw new Error('a tile is damaged')
      return leaves.map((leaf) => [hash(leaf)])
    })
    return { waitForSize, inclusionProofs, latest: async () => checkpoint }
  }
  function proving(log = logOfTen(), patienceMs = 1000) {
    const timed = async <T>(_: string, work: () => Promise<T>) => await work()
    return { log, proving: new Proving({ log, store: { size: async () => 12 }, patienceMs, timed }) }
  }
  const pathOf = (leaf: number) =>
    `c2sp.org/tlog-proof@v1\\nindex ${leaf}\\n${Buffer.from(hash(leaf)).toString('base64')}\\n\\n`

  it('wait together and are proved together if they are asked for in one turn, each caller with its own paths', async () => {
    const { log, proving: asked } = proving()
    const [first, second] = await Promise.all([asked.prove([3]), asked.prove([7, 4])])
    expect(first).toEqual({ paths: [pathOf(3)], checkpoint: 'the checkpoint' })
    expect(second).toEqual({ paths: [pathOf(7), pathOf(4)], checkpoint: 'the checkpoint' })
    expect(log.waitForSize.mock.calls.map(([size]) => size)).toEqual([8])
    expect(log.inclusionProofs).toHaveBeenCalledOnce()
  })

  it('do not wait for what is asked for later', async () => {
    const { log, proving: asked } = proving(logOfTen(), 20)
    const early = asked.prove([3])
    await new Promise(setImmediate)
    const late = asked.prove([11])
    expect(await early).toMatchObject({ paths: [pathOf(3)] })
    await expect(late).rejects.toMatchObject({ problem: 'outcome-unknown' })
    expect(log.waitForSize.mock.calls.map(([size]) => size)).toEqual([4, 12])
  })

  it('are refused if no checkpoint comes that covers them, and the operator is told where log and record stand', async () => {
    const { proving: asked } = proving(logOfTen(), 20)
    const refused = await asked.prove([11]).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      problem: 'outcome-unknown',
      cause: {
        message: 'no checkpoint covers leaf 11 yet: the log has 10 leaves, the record holds 12 statements',
        cause: { message: 'none came within 0.02 s' },
      },
    })
  })

  it('are proved by themselves where the proof of another fails', async () => {
    const { proving: asked } = proving(logOfTen({ damaged: 5 }))
    const [sound, damaged] = await Promise.allSettled([asked.prove([3]), asked.prove([5])])
    expect(sound).toEqual({ status: 'fulfilled', value: { paths: [pathOf(3)], checkpoint: 'the checkpoint' } })
    expect(damaged).toMatchObject({ status: 'rejected', reason: { message: 'a tile is damaged' } })
  })
})
