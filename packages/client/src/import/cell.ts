/** How a spreadsheet counts days: from 1900, with a 29 February 1900 that never was, or from 1904 (ECMA-376 Part 1, 18.17.4.1). */
export type DateSystem = 'excel-1900' | 'excel-1904'

/** A cell that a spreadsheet shows as a date or a time: a count of days, its decimals the time of day. */
export interface SheetDate {
  readonly serial: number
  readonly system: DateSystem
}

/** A cell of a table, as it stands there. Texts keep their white space; `null` is an empty cell. */
export type Cell = string | number | boolean | SheetDate | null

// The largest serials are those of 9999-12-31.
const calendars = {
  'excel-1900': { dayZero: Temporal.PlainDate.from('1899-12-31'), largest: 2_958_465 },
  'excel-1904': { dayZero: Temporal.PlainDate.from('1904-01-01'), largest: 2_957_003 },
} as const

/**
 * The calendar date of a spreadsheet's count of days; the time of day is dropped.
 *
 * Excel counts a 29 February 1900, as Lotus 1-2-3 did: serial 60 of the system of 1900 is a day that never was, and later serials are one too
 * high.
 *
 * @returns nothing if there is no such day
 */
export function dateOfSerial({ serial, system }: SheetDate): Temporal.PlainDate | undefined {
  const day = Math.floor(serial)
  const { dayZero, largest } = calendars[system]
  const first = system === 'excel-1900' ? 1 : 0
  if (!(day >= first && day <= largest)) return undefined
  if (system === 'excel-1904') return dayZero.add({ days: day })
  if (day === 60) return undefined
  return dayZero.add({ days: day > 60 ? day - 1 : day })
}

/**
 * A cell as text: numbers in their shortest form with a point, truth values as `TRUE` and `FALSE`, dates as ISO 8601 (with a time if the cell has
 * one), and a count of days that names no day as the number.
 */
export function textOfCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return cell
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE'
  if (typeof cell === 'number') return String(cell)
  const seconds = Math.round((cell.serial - Math.floor(cell.serial)) * 86_400)
  const time = Temporal.PlainTime.from('00:00').add({ seconds })
  if (cell.serial > 0 && cell.serial < 1) return time.toString()
  const date = dateOfSerial(cell)
  if (!date) return String(cell.serial)
  return seconds === 0 ? date.toString() : date.toPlainDateTime(time).toString()
}

/** Whether a cell is empty or holds white space only. */
export function isBlank(cell: Cell): boolean {
  return cell === null || (typeof cell === 'string' && cell.trim() === '')
}
