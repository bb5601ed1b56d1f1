import { describe, expect, it } from 'vitest'
import { concurrently } from './concurrently.ts'

describe('work done several at once', () => {
  it('gives its results in order, with no more under way than told', async () => {
    let underWay = 0
    let most = 0
    const work = async (n: number) => {
      most = Math.max(most, ++underWay)
      await new Promise((resolve) => setTimeout(resolve, (10 - n) * 2))
      underWay--
      return n
    }
    expect(await Array.fromAsync(concurrently([1, 2, 3, 4, 5, 6, 7], 3, work))).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(most).toBe(3)
  })

  it('fails with the first failure, and leaves none unseen', async () => {
    const work = async (n: number) => {
      if (n >= 2) throw new Error(`failed at ${n}`)
      return n
    }
    await expect(Array.fromAsync(concurrently([1, 2, 3, 4], 4, work))).rejects.toThrow('failed at 2')
  })
})
