import type { DatabaseSync } from 'node:sqlite'
import type { Placed, Source } from './pages.ts'

/** Where an open duty stands: the number of its stream, and its own there. */
export interface OpenDuty {
  readonly stream: number
  readonly number: number
}

/** The open duties of a group as a source for pages, in order of opening. */
export function openDutiesOf(db: DatabaseSync): (group: number) => Source<OpenDuty> {
  const duties = db.prepare(
    `SELECT opened_at, number, stream FROM open_duties
     WHERE duty_group = ? AND (opened_at, number) > (?, ?) ORDER BY opened_at, number LIMIT ?`,
  )
  return (group) =>
    ([openedAt, number], limit) =>
      duties.all(group, openedAt, number, limit).map((row): Placed<OpenDuty> => {
        const place = [Number(row.opened_at), Number(row.number)] as const
        return { place, row: { stream: Number(row.stream), number: place[1] } }
      })
}
