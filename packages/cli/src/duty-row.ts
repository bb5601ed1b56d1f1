import type { DutyView } from '@tidings/client'

/** A duty as a row: what, which question, by whom, to whom, since when. */
export function dutyRow(duty: DutyView, name: (party: string) => string): string[] {
  return [
    duty.kind,
    duty.question ?? '',
    name(duty.owner),
    name(duty.towards),
    `${duty.openedOn.slice(0, 10)}${duty.reviewDate === undefined ? '' : `, by ${duty.reviewDate}`}`,
  ]
}
