import type { DatabaseSync } from 'node:sqlite'
import type { Placed, Source } from './pages.ts'

/** Where an open duty stands: the number of its stream, and its own there. */
export interface OpenDuty {
  readonly stream: number
  readonly number: number
}

type OpenDutyRow = readonly [openedAt: number, number: number, stream: number]

/** The open duties of a group as a source for pages, in order of opening. */
export function openDutiesOf(db: DatabaseSync): (group: number) => Source<OpenDuty> {
  const duties = db.prepare(
    `SELECT opened_at, number, stream FROM open_duties
     WHERE duty_group = ? AND (opened_at, number) > (?, ?) ORDER BY opened_at, number LIMIT ?`,
  )
  // A page asks each group for as many rows as it may need of it: arrays are read in half the time.
  duties.setReturnArrays(true)
  return (group) =>
    ([openedAt, number], limit) =>
      (duties.all(group, openedAt, number, limit) as unknown as OpenDutyRow[]).map(
        ([openedAt, number, stream]): Placed<OpenDuty> => ({ place: [openedAt, number], row: { stream, number } }),
      )
}
