import { describe, expect, it } from 'vitest'
import { added, lastUnder, listed, type SharedList } from './shared-list.ts'

const letters = (from: string) => added(undefined, ...from)
const lastOf = lastUnder<string>((letter) => letter.toLowerCase())

describe('a shared list', () => {
  it('grows where it is, out of sight of who holds an earlier one', () => {
    const first = letters('ab')
    const second = added(first, 'c')
    expect(second.entries).toBe(first.entries)
    expect([listed(first), listed(second)]).toEqual([
      ['a', 'b'],
      ['a', 'b', 'c'],
    ])
    expect([lastOf(first, 'c'), lastOf(second, 'c')]).toEqual([undefined, 'c'])
  })

  it('gives entries of their own to those who go different ways from it', () => {
    const first = letters('ab')
    const [one, other] = [added(first, 'c'), added(first, 'd')]
    expect([listed(first), listed(one), listed(other)]).toEqual([
      ['a', 'b'],
      ['a', 'b', 'c'],
      ['a', 'b', 'd'],
    ])
    expect([lastOf(one, 'd'), lastOf(other, 'c')]).toEqual([undefined, undefined])
  })

  it('is plain data, and goes on from a snapshot, whatever has been added since it was taken', () => {
    const first = letters('ab')
    added(first, 'c')
    const snapshot = JSON.parse(JSON.stringify(first)) as SharedList<string>
    expect(listed(snapshot)).toEqual(['a', 'b'])
    expect(listed(added(snapshot, 'd'))).toEqual(['a', 'b', 'd'])
  })

  it.each([3, 300])('finds the last of %i under a key, as each state counts them', (count) => {
    let list: SharedList<string> | undefined
    const states = Array.from({ length: count }, (_, i) => (list = added(list, i % 2 === 0 ? 'x' : 'X', `n${i}`)))
    states.forEach((state, i) => {
      expect(lastOf(state, 'x')).toBe(i % 2 === 0 ? 'x' : 'X')
      expect([lastOf(state, `n${i}`), lastOf(state, `n${i + 1}`)]).toEqual([`n${i}`, undefined])
    })
  })
})
