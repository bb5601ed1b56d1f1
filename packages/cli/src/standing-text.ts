import type { DutyInTime } from '@tidings/client'

/** Where a duty stands in time, in words that blame nobody. */
export function standingText({
  state,
  noDate,
  daysLeft = 0,
  daysBeyond = 0,
}: Pick<DutyInTime, 'state' | 'noDate' | 'daysLeft' | 'daysBeyond'>): string {
  switch (state) {
    case 'running':
      return daysLeft === 0 ? 'due today' : `${days(daysLeft)} left`
    case 'open-beyond':
      return `outstanding ${days(daysBeyond)} beyond the agreed period`
    case 'paused':
      return 'paused'
    case 'met':
      return 'met'
    case 'met-after':
      return `met ${days(daysBeyond)} after the agreed period`
    case 'ended':
      return 'ended'
    case 'no-date':
      return noDate === 'no-calendar' ? 'no calendar agreed for its year' : 'no date agreed'
  }
}

function days(n: number): string {
  return n === 1 ? '1 day' : `${n} days`
}
