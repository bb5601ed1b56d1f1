import type { LogReader } from '@tidings/transparency'
import type { Vault } from '@tidings/vault'
import type { KeptViews } from '../kept-views.ts'
import type { ReadCalendar } from '../views/calendar.ts'
import type { Clocks } from '../views/clocks.ts'
import type { Lookup } from '../views/lookup.ts'
import type { ReadOutstanding } from '../views/outstanding.ts'
import type { Things } from '../views/things.ts'

/** What routes answer from. */
export interface DeskRoutes {
  readonly views: KeptViews
  readonly lookup: Lookup
  readonly clocks: Clocks
  readonly things: Things
  readonly outstanding: ReadOutstanding
  readonly calendar: ReadCalendar
  readonly vault: Vault
  readonly log: LogReader
}
