import type { EventStore } from '@tidings/event-store'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEventReader, type ReadEvent } from '../projection/recorded-statement.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { World } from '../testing/world.ts'
import { type ReadAhead, type Stretch, startReadAhead } from './read-ahead.ts'
import { openStatements, type Statements } from './statements.ts'

/** Pages that are read before another thread's begin, of one statement each. */
const HEAD_START = 16

let open: AsyncDisposableStack
let store: EventStore
let recordFile: string
let all: readonly ReadEvent[]

beforeAll(async () => {
  open = new AsyncDisposableStack()
  const { path } = open.use(await temporaryFolder())
  recordFile = `${path}/record.db`
  store = open.use(await openSqliteEventStore({ file: recordFile, mode: 'write' }))
  const world = new World(store)
  const [a, b] = [await world.party(), await world.party()]
  const mechanism = await world.mechanism([a, 'commission', 'A'], [b, 'commission', 'B'])
  // Rules are a document beside their statement.
  await world.agreed(mechanism, { version: 1, zone: 'UTC', periods: { reply: { n: 1, unit: 'calendar-days' } } }, a, b)
  for (let i = 0; i < 20; i++) await (i % 2 === 0 ? a.submits(b, mechanism) : b.submits(a, mechanism))
  all = await Array.fromAsync(store.readAll(), openEventReader())
})
afterAll(() => open.disposeAsync())

/** Reads from a position to the end, page by page. */
async function readFrom(statements: Statements, from: number, before = all.length): Promise<ReadEvent[]> {
  const read: ReadEvent[] = []
  while (from + read.length < before) read.push(...(await statements.page(from + read.length, before)))
  return read
}

describe('a thread that reads ahead', () => {
  it('reads what is there, documents too, in pages, and nothing beyond', async () => {
    const ahead = startReadAhead({ recordFile, from: 1, before: all.length - 2, pageEvents: 5 })
    const read: ReadEvent[] = []
    for (let page = await ahead.next(); page.length > 0; page = await ahead.next()) {
      expect(page.length).toBeLessThanOrEqual(5)
      read.push(...page)
    }
    expect(read).toEqual(all.slice(1, -2))
    expect(read.some(({ document }) => document)).toBe(true)
    expect(await ahead.next()).toEqual([])
    await ahead.close()
  })

  it('tells whoever asks when the record cannot be read', async () => {
    const ahead = startReadAhead({ recordFile: `${recordFile}.missing`, from: 0, before: 1, pageEvents: 1 })
    await expect(ahead.next()).rejects.toThrow('does not exist')
    await ahead.close()
  })
})

describe('statements of the record', () => {
  function watched() {
    const stretches: Stretch[] = []
    let closed = 0
    const statements = openStatements({
      store,
      pageEvents: 1,
      farBehind: HEAD_START + 1,
      startReadAhead(stretch) {
        stretches.push(stretch)
        const ahead: ReadAhead = startReadAhead({ ...stretch, recordFile })
        return {
          next: ahead.next,
          close() {
            closed++
            return ahead.close()
          },
        }
      },
    })
    return { statements, stretches, closed: () => closed }
  }

  it('are read here first and then ahead where very many are left, and the same either way', async () => {
    const { statements, stretches, closed } = watched()
    expect(await readFrom(statements, 0)).toEqual(all)
    expect(stretches).toEqual([{ from: HEAD_START, before: all.length, pageEvents: 1 }])
    expect(closed(), 'ended with the last page').toBe(1)
  })

  it('are read by nobody else where few are left', async () => {
    const { statements, stretches } = watched()
    const from = all.length - HEAD_START - 1
    expect(await readFrom(statements, from)).toEqual(all.slice(from))
    expect(stretches).toEqual([])
  })

  it('are read ahead anew from wherever they are asked for next', async () => {
    const { statements, stretches, closed } = watched()
    await readFrom(statements, 0, 20)
    await statements.page(0, all.length)
    expect(await readFrom(statements, 3)).toEqual(all.slice(3))
    await statements.stop()
    expect(stretches.length).toBe(closed())
  })
})
