import type { RecordedEvent } from '@tidings/event-store'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { decodeEventData, readStatement } from '@tidings/statement'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { World } from '../testing/world.ts'
import { openEventReader, statementOf } from './recorded-statement.ts'

let events: readonly RecordedEvent[]

/** Reads statements one after the other, as a thread that reads the record does. */
function openReading() {
  const read = openEventReader()
  return (event: RecordedEvent) => statementOf(read(event))
}

beforeAll(async () => {
  await using folder = await temporaryFolder()
  await using store = await openSqliteEventStore({ file: `${folder.path}/record.db`, mode: 'write' })
  const world = new World(store)
  const [a, b] = [await world.party(), await world.party()]
  const mechanism = await world.mechanism([a, 'commission', 'A'], [b, 'commission', 'B'])
  await b.acknowledges(await a.submits(b, mechanism))
  await a.describesCase()
  events = await Array.fromAsync(store.readAll())
})

describe('a statement in the record', () => {
  it('is read as the strict gate reads it', () => {
    const read = openReading()
    for (const event of events) {
      const { jws, document } = decodeEventData(event.data)
      const { id, kid, payload } = readStatement(jws)
      expect(read(event)).toEqual({ id, kid, payload, ...(document && { document }) })
    }
    expect(events.length).toBeGreaterThan(5)
  })

  it('keeps the document beside it', () => {
    const [event] = events
    const document = Uint8Array.of(0x7b, 0x0a, 0x7d)
    const data = event && Uint8Array.of(...event.data, ...document)
    if (!event || !data) throw new Error('the record is empty')
    expect(openReading()({ ...event, data }).document).toEqual(document)
  })

  it('is refused with its leaf where a single bit of what was signed has changed', () => {
    const read = openReading()
    for (const event of events) {
      const signed = event.data.lastIndexOf('.'.charCodeAt(0))
      for (let at = 0; at <= signed; at += 7) {
        const data = Uint8Array.from(event.data)
        data[at] = (data[at] ?? 0) ^ 1
        expect(() => read({ ...event, data })).toThrow(`the record is damaged at leaf ${event.position}: `)
      }
    }
  })

  it('is refused with its leaf where there is none', () => {
    const read = openReading()
    for (const text of ['', '\n', 'a\n', 'a.b\n', 'a.b.c', 'a.b.c\n']) {
      const event = { ...(events[0] as RecordedEvent), data: new TextEncoder().encode(text), position: 7 }
      expect(() => read(event)).toThrow('the record is damaged at leaf 7: ')
    }
  })
})
