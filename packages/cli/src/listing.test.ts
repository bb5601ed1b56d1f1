import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { declareList, type ListOptions, listing, usualLimit } from './listing.ts'

/** So many numbers, and how many of them were asked for. */
function numbers(count: number) {
  const asked = { count: 0, closed: false }
  async function* all() {
    try {
      for (let n = 1; n <= count; n++) {
        asked.count++
        yield n
      }
    } finally {
      asked.closed = true
    }
  }
  return { asked, all: all() }
}

async function told(count: number, options: ListOptions, json = false, more?: '--limit', total?: number) {
  const messages: string[] = []
  const output = {
    json,
    stderr: process.stderr,
    result: () => {},
    item: async () => {},
    message: (text: string) => void messages.push(text.trim()),
    next: () => {},
  }
  const { asked, all } = numbers(count)
  const list = listing({ output, stop: new AbortController().signal }, all, options, more, total)
  const shown = await Array.fromAsync(list.items)
  await list.tellMore()
  return { shown: shown.length, messages, asked }
}

describe('a list', () => {
  it('is a first screen for people, who are told how many more there are and how to see them', async () => {
    expect(await told(232, {})).toMatchObject({ shown: usualLimit, messages: ['212 more: --all lists them.'] })
    expect(await told(232, { limit: 100 })).toMatchObject({ shown: 100, messages: ['132 more: --all lists them.'] })
    expect(await told(30, {}, false, '--limit')).toMatchObject({ messages: ['10 more: --limit 30 lists them.'] })
  })

  it('says nothing more where nothing is left out', async () => {
    for (const options of [{ all: true }, { limit: 25 }, { limit: 26 }])
      expect(await told(25, options)).toMatchObject({ shown: 25, messages: [] })
    expect(await told(usualLimit, {})).toMatchObject({ shown: usualLimit, messages: [] })
  })

  it('is whole for programs unless they limit it, and never says more than they read', async () => {
    expect(await told(232, {}, true)).toMatchObject({ shown: 232, messages: [] })
    expect(await told(232, { limit: 3 }, true)).toMatchObject({
      shown: 3,
      messages: [],
      asked: { count: 3, closed: true },
    })
  })

  it('is not counted to its end when it is very long', async () => {
    const { messages, asked } = await told(1_000_000, {})
    expect(messages).toEqual(['At least 1,000 more: --all lists them.'])
    expect(asked).toEqual({ count: usualLimit + 1001, closed: true })
    expect((await told(usualLimit + 1000, {})).messages).toEqual(['1,000 more: --all lists them.'])
  })

  it('is not counted at all where its total is known', async () => {
    const { messages, asked } = await told(1_000_000, {}, false, undefined, 1_000_000)
    expect(messages).toEqual(['999,980 more: --all lists them.'])
    expect(asked).toEqual({ count: usualLimit, closed: true })
    expect((await told(5, {}, false, undefined, 5)).messages).toEqual([])
  })

  it.each([
    [['--limit', '0'], /whole number/],
    [['--limit', 'many'], /whole number/],
    [['--limit', '5', '--all'], /cannot be used with/],
  ])('refuses %j', (args, rule) => {
    const command = declareList(new Command(), 'duties')
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
    expect(() => command.parse(args, { from: 'user' })).toThrow(rule)
  })
})
