import type { DatabaseSync } from 'node:sqlite'
import type { MechanismView } from '@tidings/client/contract'
import type { Present } from '../projection/present.ts'

/** How many matters of each side are decided to go to a meeting, as a reader may know: a mediator of all, a side of those it asked or is asked about. */
export type ReadMeetings = (reader: string, mechanism: string) => MechanismView['toMeeting']

/** Opens the counts of what is to go to a meeting. */
export function openMeetings(db: DatabaseSync, present: Present): ReadMeetings {
  const counts = db.prepare(
    `SELECT asker, SUM(waiting) AS waiting FROM meeting_matters
     WHERE mechanism = ?1 AND waiting > 0 AND (?2 OR asker = ?3 OR addressee = ?3) GROUP BY asker ORDER BY asker`,
  )
  return (reader, mechanism) => {
    const mediates = present.mediatedBy(reader).includes(mechanism)
    return counts
      .all(mechanism, Number(mediates), reader)
      .map(({ asker, waiting }) => ({ party: String(asker), matters: Number(waiting) }))
  }
}
