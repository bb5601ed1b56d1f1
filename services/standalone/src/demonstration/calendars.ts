import type { Rules } from '@tidings/statement'
import type { Cast, Voice } from './act.ts'
import { type Days, daysTold } from './days.ts'

type Calendar = NonNullable<Rules['calendars']>[number]

interface Custom {
  /** As ISO 8601 counts the days of the week. */
  readonly restDays: readonly number[]
  /** Month and day. */
  readonly holidays: readonly (readonly [date: string, name: string])[]
  /** Days on which work is done that would rest: so many days after a holiday. */
  readonly workingInstead: readonly string[]
}

// Customs of people who do not exist: each side rests two days a week, keeps ten days of its own, and works on one day that would rest.
const customs: Readonly<Record<Voice, Custom>> = {
  A: {
    restDays: [6, 7],
    holidays: [
      ['01-01', 'New year'],
      ['01-02', 'Second day of the year'],
      ['02-17', 'Day of the wells'],
      ['03-28', 'Day of the first plough'],
      ['05-09', 'Day of the bridge'],
      ['06-21', 'Midsummer'],
      ['08-12', 'Day of the fords'],
      ['09-30', 'Harvest home'],
      ['11-11', 'Day of lamps'],
      ['12-20', 'Turn of the year'],
    ],
    workingInstead: ['02-21', '11-14'],
  },
  B: {
    restDays: [5, 6],
    holidays: [
      ['01-01', 'New year'],
      ['01-14', 'Day of the hearth'],
      ['03-05', 'Day of the thaw'],
      ['04-16', 'Day of the orchards'],
      ['05-26', 'Day of the herds'],
      ['07-08', 'Day of the mountain'],
      ['08-27', 'Day of the mills'],
      ['10-13', 'Day of the vintage'],
      ['11-24', 'Day of the ancestors'],
      ['12-21', 'Longest night'],
    ],
    workingInstead: ['03-07', '10-16'],
  },
  M: { restDays: [6, 7], holidays: [['01-01', 'New year']], workingInstead: [] },
}

/** The calendars of both sides and the mediator for the year of the first start, the one before and the one after. */
export function calendarsOf(parties: Cast, days: Days): Calendar[] {
  const { year } = days.date(daysTold)
  return (['A', 'B', 'M'] as const).flatMap((side) =>
    [year - 1, year, year + 1].map((of) => ({
      party: parties[side],
      year: of,
      restDays: [...customs[side].restDays],
      nonWorking: customs[side].holidays.map(([date, name]) => ({ date: `${of}-${date}`, name: { en: name } })),
      ...(customs[side].workingInstead.length > 0 && {
        workingInstead: customs[side].workingInstead.map((date) => `${of}-${date}`),
      }),
    })),
  )
}

/** Whether work is done on a day by all of them: on no other do these parties speak. */
export function isWorkingDay(date: Temporal.PlainDate): boolean {
  const day = date.toString().slice(5)
  return Object.values(customs).every(
    ({ restDays, holidays, workingInstead }) =>
      workingInstead.includes(day) ||
      !(restDays.includes(date.dayOfWeek) || holidays.some(([holiday]) => holiday === day)),
  )
}
