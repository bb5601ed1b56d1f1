import type { LogReader } from '@tidings/transparency'
import type { Vault } from '@tidings/vault'
import type { KeptViews } from '../keeping/kept-views.ts'
import type { Calendar } from '../views/calendar.ts'
import type { Clocks } from '../views/clocks.ts'
import type { Lookup } from '../views/lookup.ts'
import type { ReadMeetings } from '../views/meetings.ts'
import type { ReadOutstanding } from '../views/outstanding.ts'
import type { ReadReminders } from '../views/reminders.ts'
import type { Tags } from '../views/tags.ts'
import type { Things } from '../views/things.ts'
import type { Answer } from './conditional.ts'

/** What routes answer from. */
export interface DeskRoutes {
  readonly views: KeptViews
  readonly lookup: Lookup
  readonly clocks: Clocks
  readonly things: Things
  readonly outstanding: ReadOutstanding
  readonly calendar: Calendar
  readonly reminders: ReadReminders
  readonly meetings: ReadMeetings
  readonly vault: Vault
  readonly log: LogReader
  readonly tags: Tags
  readonly answer: Answer
}
