import type { DutyInTime } from '@tidings/client'
import { standingText } from './standing-text.ts'

/** Names of the columns of a duty's row. */
export const dutyColumns = ['duty', 'question', 'owed by', 'owed to', 'since', 'due', 'stands'] as const

/** A duty as a row: what, which question, by whom, to whom, since when, until when, and where it stands today. */
export function dutyRow(duty: DutyInTime, name: (party: string) => string): string[] {
  return [
    duty.kind,
    duty.question ?? '',
    name(duty.owner),
    name(duty.towards),
    `${duty.openedOn.slice(0, 10)}${duty.reviewDate === undefined ? '' : `, by ${duty.reviewDate}`}`,
    duty.due ?? '',
    standingText(duty),
  ]
}
