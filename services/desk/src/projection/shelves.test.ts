import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { openShelves } from './shelves.ts'
import { tables } from './tables.ts'

const shelf = { reader: 'a', side: 'author', mechanism: '' } as const
const steps = ['one', 'other', 'flush'] as const

/** Every sequence of so many steps. */
function sequences(length: number): readonly (readonly (typeof steps)[number][])[] {
  if (length === 0) return [[]]
  return sequences(length - 1).flatMap((before) => steps.map((step) => [...before, step]))
}

describe('shelves', () => {
  it('hold what was put and not removed since, however often either, and whenever it is written in between', () => {
    const db = new DatabaseSync(':memory:')
    db.exec(tables)
    const rows = db.prepare('SELECT open, leaf, stream FROM shelved ORDER BY open')
    for (const sequence of sequences(6)) {
      db.exec('BEGIN')
      const shelves = openShelves(db)
      const there = { one: false, other: false }
      for (const step of sequence) {
        if (step === 'flush') {
          shelves.flush()
          continue
        }
        // The same thing, as open and as closed.
        const thing = { prefix: 'request', open: step === 'one', leaf: 7, stream: 5 }
        if (there[step]) shelves.remove(shelf, thing)
        else shelves.put(shelf, thing)
        there[step] = !there[step]
      }
      shelves.flush()
      const expected = [...(there.other ? [0] : []), ...(there.one ? [1] : [])]
      expect(rows.all(), sequence.join(', ')).toEqual(expected.map((open) => ({ open, leaf: 7, stream: 5 })))
      db.exec('ROLLBACK')
    }
  })
})
