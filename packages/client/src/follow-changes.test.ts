import { newThingId, sha256, toBase64url, utf8 } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import type { Change } from './contract/index.ts'
import { type ChangeSeen, followChanges } from './follow-changes.ts'
import { refusal } from './service.fixture.ts'

const hash = (text: string) => toBase64url(sha256(utf8(text)))
const party = hash('a party')

function changeAt(leaf: number): Change {
  return {
    leaf,
    time: '2031-01-02T00:00:00Z',
    statement: hash(`statement ${leaf}`),
    kind: 'case.describe',
    iss: party,
    stream: 'case',
    about: newThingId(),
    verdict: { verdict: 'effective' },
  }
}

const event = (name: string, data: { leaf: number }) =>
  `event: ${name}\nid: ${data.leaf}\ndata: ${JSON.stringify(data)}\n\n`
const changed = (leaf: number) => event('change', changeAt(leaf))

/** A connection that sends these texts, then ends, or breaks. */
function connection(texts: readonly string[], how: 'ends' | 'breaks' | 'stays' = 'ends'): Response {
  const body = new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(utf8(text))
      if (how === 'ends') controller.close()
    },
    pull(controller) {
      if (how === 'breaks') controller.error(new TypeError('terminated'))
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

/** Follows a service that answers with these connections, one after the other; the last step ends it. */
async function follow(answers: readonly (() => Response)[], lastLeaf: number, after?: number) {
  const asked: (string | null)[] = []
  let forgotten = 0
  const seen: ChangeSeen[] = []
  const following = followChanges(
    {
      url: 'http://service.example',
      fetch: async (_, init) => {
        const next = answers[asked.length]
        asked.push(new Headers(init.headers).get('last-event-id'))
        if (!next) throw new Error('nobody is asked so often')
        return next()
      },
      tokens: {
        authorize: async () => ({ authorization: 'DPoP token' }),
        forget: () => {
          forgotten++
        },
      },
      patience: { patienceMs: 1000, sleep: async () => undefined },
    },
    after === undefined ? {} : { after },
  )
  for await (const step of following) {
    seen.push(step)
    if (step.leaf >= lastLeaf) break
  }
  return { asked, seen, leaves: seen.map(({ leaf }) => leaf), forgotten: () => forgotten }
}

describe('changes that are followed', () => {
  it('come in order, each with its leaf; a position where there was nothing to see', async () => {
    const { seen, asked } = await follow(
      [
        () =>
          connection(
            [event('position', { leaf: -1 }), changed(0), changed(2), event('position', { leaf: 5 })],
            'stays',
          ),
      ],
      5,
      -1,
    )
    expect(seen).toEqual([
      { leaf: 0, change: expect.objectContaining({ leaf: 0 }) },
      { leaf: 2, change: expect.objectContaining({ leaf: 2 }) },
      { leaf: 5 },
    ])
    expect(asked).toEqual(['-1'])
  })

  it('go on after a line that broke or ended, without one missing or coming twice', async () => {
    const { leaves, asked } = await follow(
      [
        () => connection([event('position', { leaf: 7 }), changed(8)], 'breaks'),
        () => connection([event('position', { leaf: 8 }), changed(9)]),
        () => connection([event('position', { leaf: 9 }), changed(9), changed(10)], 'stays'),
      ],
      10,
    )
    expect(leaves).toEqual([7, 8, 9, 10])
    expect(asked).toEqual([null, '8', '9'])
  })

  it('go on with another token when one has expired', async () => {
    const end = { leaf: 4, reason: 'token-expired' }
    const { leaves, asked, forgotten } = await follow(
      [
        () => connection([changed(3), event('end', end)]),
        () => refusal('token-invalid'),
        () => connection([changed(5)], 'stays'),
      ],
      5,
      2,
    )
    expect(leaves).toEqual([3, 5])
    expect(asked).toEqual(['2', '4', '4'])
    expect(forgotten()).toBe(2)
  })

  it('pass over events that this version does not know, and parts that come in pieces', async () => {
    const text = changed(1)
    const { leaves } = await follow(
      [
        () =>
          connection([event('weather', { leaf: 0 }), ': still here\n\n', text.slice(0, 30), text.slice(30)], 'stays'),
      ],
      1,
    )
    expect(leaves).toEqual([1])
  })

  it('are refused in words when the service refuses, or is another', async () => {
    await expect(follow([() => refusal('not-found')], 1)).rejects.toMatchObject({ problemName: 'not-found' })
    const odd = () => connection([event('change', { leaf: 1 })])
    await expect(follow([odd], 1)).rejects.toMatchObject({ code: 'client/not-tidings' })
  })

  it('end when they are told to', async () => {
    const stop = new AbortController()
    const seen: number[] = []
    const following = followChanges(
      {
        url: 'http://service.example',
        fetch: async () => connection([changed(1)], 'stays'),
        tokens: { authorize: async () => ({}), forget: () => undefined },
        patience: { patienceMs: 1000 },
      },
      { signal: stop.signal },
    )
    for await (const { leaf } of following) {
      seen.push(leaf)
      stop.abort()
    }
    expect(seen).toEqual([1])
  })
})
