import type { LastContactCategory, PersonFile } from '@tidings/statement'
import edtf from 'edtf'

/** Conditions on the last contact. All that are given must hold. */
export interface ContactConditions {
  readonly category?: LastContactCategory
  /** `YYYY-MM-DD`: contact on or after. What is known only roughly counts if it may be so. */
  readonly from?: string
  /** `YYYY-MM-DD`: contact on or before. */
  readonly until?: string
  /** A text that the place holds, capitals and small letters alike. */
  readonly place?: string
}

/** Whether the last contact of a person fulfils the conditions. What is not known fulfils none. */
export function fulfils(file: PersonFile, { category, from, until, place }: ContactConditions): boolean {
  const contact = file.lastContact
  if (category !== undefined && contact?.category !== category) return false
  if (place !== undefined && !holds(Object.values(contact?.place ?? {}), place)) return false
  if (from === undefined && until === undefined) return true
  const known = contact?.date?.edtf
  if (known === undefined) return false
  const { min, max } = edtf(known)
  return (until === undefined || min <= endOf(until)) && (from === undefined || max >= Date.parse(from))
}

function holds(texts: readonly unknown[], part: string): boolean {
  const wanted = fold(part)
  return texts.some((text) => typeof text === 'string' && fold(text).includes(wanted))
}

/** Capitals and marks aside: places are written in many ways. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

function endOf(day: string): number {
  return Date.parse(`${day}T23:59:59.999Z`)
}
