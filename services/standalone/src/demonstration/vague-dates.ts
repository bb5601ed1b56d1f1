import type { PersonFile } from '@tidings/statement'
import type { Chance } from './chance.ts'

/** What is known of a date. */
export type VagueDate = NonNullable<NonNullable<PersonFile['lastContact']>['date']>

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
// ISO 8601-2 numbers the seasons from 21, spring, to 24.
const seasons = ['spring', 'summer', 'autumn', 'winter']

/** A date between two years as well as it is remembered: EDTF beside the words of the record, or the words alone. */
export function vagueDate(chance: Chance, fromYear: number, untilYear: number): VagueDate {
  const year = chance.int(fromYear, untilYear)
  const month = chance.int(1, 11)
  const day = chance.int(1, 28)
  const two = (n: number) => String(n).padStart(2, '0')
  const inMonth = `${year}-${two(month)}`
  const name = months[month - 1] ?? ''
  const season = chance.int(0, 3)
  return chance.weighted<() => VagueDate>([
    [38, () => ({ edtf: `${inMonth}-${two(day)}`, verbatim: `${day}.${month}.${year}` })],
    [25, () => ({ edtf: inMonth, verbatim: `${name} ${year}` })],
    [12, () => ({ edtf: String(year), verbatim: `${year}` })],
    [7, () => ({ edtf: `${year}~`, verbatim: `around ${year}` })],
    [5, () => ({ edtf: `${year}-${21 + season}`, verbatim: `${seasons[season]} of ${year}` })],
    [
      4,
      () => ({
        edtf: `${inMonth}/${year}-${two(month + 1)}`,
        verbatim: `between ${name} and ${months[month]} ${year}`,
      }),
    ],
    [3, () => ({ edtf: `${inMonth}-XX`, verbatim: `a day in ${name} ${year}` })],
    [2, () => ({ edtf: `${inMonth}-${two(day)}?`, verbatim: `${day} ${name} ${year}, if the witness remembers well` })],
    [2, () => ({ edtf: `[${inMonth},${year}-${two(month + 1)}]`, verbatim: `${name} or ${months[month]} ${year}` })],
    [2, () => ({ verbatim: chance.pick(['after the harvest', 'on the day of the great snow', 'in the second year']) })],
  ])()
}
