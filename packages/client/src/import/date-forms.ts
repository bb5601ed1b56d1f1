import { type Cell, type DateSystem, dateOfSerial } from './cell.ts'

/**
 * Forms of dates written as text or number:
 * - `day-month-year`, `month-day-year`, `year-month-day`: numbers with any of `/ . -` or a space between them, the year in four digits; a day or
 *   month of `00` is unknown, and a month with its year alone is read too;
 * - `year`: four digits;
 * - `edtf`: an EDTF expression (ISO 8601-2) such as `1992~` or `1992-02/1992-04`;
 * - `serial`: a spreadsheet's count of days, not formatted as a date.
 */
export const dateForms = ['day-month-year', 'month-day-year', 'year-month-day', 'year', 'edtf', 'serial'] as const
/** Form of dates written as text or number. */
export type DateForm = (typeof dateForms)[number]

/** What is known of a date, as contents hold it. */
export interface KnownDate {
  readonly edtf?: string
  readonly verbatim?: string
}

/** How the cells of a column are read as dates. */
export interface DateReading {
  readonly forms: readonly DateForm[]
  /** Date system for counts of days; by default that of the cell. */
  readonly system?: DateSystem
  readonly earliest?: string
  readonly latest?: string
}

const iso = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)?)?$/
const dayFirst = /^(?:(?:(\d{1,2})[/. -])?(\d{1,2})[/. -])?(\d{4})$/
const yearFirst = /^(\d{4})(?:[/. -](\d{1,2})(?:[/. -](\d{1,2}))?)?$/
const edtfLike = /^[\dXYSEWNT~?%.,:/{}[\]+-]+$/

/**
 * Reads a cell as a date: EDTF beside the text as recorded. A cell that the sheet shows as a date has no text of its own, so it is told in EDTF
 * alone; its time of day is dropped.
 *
 * @returns the date, or the rule that the cell breaks
 */
export function readDate(cell: Cell, reading: DateReading): { date: KnownDate } | { rule: string } {
  const edtf = edtfOf(cell, reading)
  if (edtf === undefined) {
    const forms = ['ISO 8601', ...reading.forms].join(', ')
    return { rule: `must be a date that exists, written as ${forms}` }
  }
  const days = /^\d{4}(-\d\d){0,2}$/.test(edtf) ? edtf : undefined
  // Of a month or a year, no day may lie outside: the text comparison of a prefix takes the side that lets it through.
  if (days && reading.earliest && days < reading.earliest.slice(0, days.length))
    return { rule: `must be a date from ${reading.earliest}` }
  if (days && reading.latest && days > reading.latest.slice(0, days.length))
    return { rule: `must be a date until ${reading.latest}` }
  const verbatim = typeof cell === 'string' ? cell.trim() : typeof cell === 'number' ? String(cell) : undefined
  return { date: { edtf, ...(verbatim !== undefined && verbatim !== edtf && { verbatim }) } }
}

function edtfOf(cell: Cell, { forms, system }: DateReading): string | undefined {
  if (typeof cell === 'boolean' || cell === null) return undefined
  if (typeof cell === 'object') return dateOfSerial(system ? { serial: cell.serial, system } : cell)?.toString()
  const written = String(cell).trim()
  const parts = typeof cell === 'string' ? iso.exec(written) : null
  if (parts && (parts[2] !== undefined || !forms.includes('serial'))) return calendarDate(parts[1], parts[2], parts[3])
  for (const form of forms) {
    const edtf = readForm(form, written, system ?? 'excel-1900')
    if (edtf !== undefined) return edtf
  }
  return undefined
}

function readForm(form: DateForm, text: string, system: DateSystem): string | undefined {
  switch (form) {
    case 'day-month-year': {
      const [, day, month, year] = dayFirst.exec(text) ?? []
      return calendarDate(year, month, day)
    }
    case 'month-day-year': {
      const [, first, second, year] = dayFirst.exec(text) ?? []
      // With one number before the year, that one is the month.
      return first === undefined ? calendarDate(year, second, undefined) : calendarDate(year, first, second)
    }
    case 'year-month-day': {
      const [, year, month, day] = yearFirst.exec(text) ?? []
      return calendarDate(year, month, day)
    }
    case 'year':
      return /^\d{4}$/.test(text) ? text : undefined
    case 'edtf':
      return edtfLike.test(text) ? text : undefined
    case 'serial':
      return /^\d+(\.\d+)?$/.test(text) ? dateOfSerial({ serial: Number(text), system })?.toString() : undefined
  }
}

/** A date of the calendar, as precise as its parts; `00` is an unknown part. Nothing if there is no such day. */
function calendarDate(year?: string, month?: string, day?: string): string | undefined {
  if (year === undefined || year === '0000') return undefined
  const known = (part: string | undefined) => part !== undefined && Number(part) !== 0
  if (!known(month)) return known(day) ? undefined : year
  try {
    if (!known(day))
      return Temporal.PlainYearMonth.from({ year: Number(year), month: Number(month) }, strict).toString()
    return Temporal.PlainDate.from({ year: Number(year), month: Number(month), day: Number(day) }, strict).toString()
  } catch {
    return undefined
  }
}

const strict = { overflow: 'reject' } as const
