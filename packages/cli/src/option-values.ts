import { calendarDate, partyId, thingId } from '@tidings/statement'
import { usageError } from './command-error.ts'

// What an option holds is checked here before anything is asked of a service, which would name a parameter and not the option.

/** @throws {CommandError} it is no date of the calendar */
export function checkDate(option: string, date: string | undefined): void {
  if (date !== undefined && !calendarDate.safeParse(date).success)
    throw usageError(`${option} must be a date, YYYY-MM-DD.`)
}

/** @throws {CommandError} it is not the id of a mechanism */
export function checkMechanism(id: string | undefined): void {
  if (id !== undefined && !thingId.safeParse(id).success)
    throw usageError(`${id} is not the id of a mechanism: "tidings party show" lists those of your party.`)
}

/** @throws {CommandError} it is not the id of a thing, such as a case file or a burial place */
export function checkThing(what: string, id: string): void {
  if (!thingId.safeParse(id).success) throw usageError(`${id} is not the id of a ${what}.`)
}

/** Whether it is the id of a party. */
export function isPartyId(text: string): boolean {
  return partyId.safeParse(text).success
}

/** @throws {CommandError} it is no number of a leaf */
export function checkLeaf(option: string, text: string | undefined): void {
  if (text !== undefined && !/^\d{1,15}$/.test(text))
    throw usageError(`${option} must be a leaf, a whole number from 0 on.`)
}
