import type { DatabaseSync } from 'node:sqlite'
import { type Duty, reminderDates, type TimeOf } from '@tidings/exchange'
import { LRUCache } from 'lru-cache'
import type { Present } from './present.ts'

/** What reminder groups are kept by. */
export interface ReminderGroupsOptions {
  readonly present: Pick<Present, 'mechanism'>
  /** Unix time, in seconds, of the first checkpoint that covers a leaf. */
  readonly secondsOf: TimeOf
}

/** Keeps the groups of open duties that have the same reminders, with their counts. */
export interface ReminderGroups {
  /** The group of an open duty of a duty group, as it is known at a leaf; null when no reminder of it will become due while it stays as it is. */
  groupOf(dutyGroup: number, duty: Duty, mechanism: string, leaf: number): number | null
  /** One more, or one fewer, stands in a group. */
  count(group: number | null, by: 1 | -1): void
  /** Writes the counts. Called within the transaction that holds the rows. */
  flush(): void
}

/** Opens the reminder groups of a database. */
export function openReminderGroups(db: DatabaseSync, { present, secondsOf }: ReminderGroupsOptions): ReminderGroups {
  const select = db.prepare('SELECT id FROM reminder_groups WHERE duty_group = ? AND alike = ?')
  const insert = db.prepare(
    'INSERT INTO reminder_groups (duty_group, alike, not_before, duty, open) VALUES (?, ?, ?, ?, 0) RETURNING id',
  )
  const add = db.prepare('UPDATE reminder_groups SET open = open + ? WHERE id = ?')
  const known = new LRUCache<string, number>({ max: 10_000 })
  const changes = new Map<number, number>()

  return {
    groupOf(dutyGroup, duty, id, leaf) {
      const mechanism = present.mechanism(id)
      const dates = mechanism && reminderDates(duty, mechanism, secondsOf, leaf)
      if (!dates) return null
      const { alike, notBefore } = dates
      const name = `${dutyGroup} ${alike}`
      const numbered = known.get(name)
      if (numbered !== undefined) return numbered
      const row = select.get(dutyGroup, alike) ?? insert.get(dutyGroup, alike, notBefore, JSON.stringify(duty))
      const group = Number(row?.id)
      known.set(name, group)
      return group
    },
    count(group, by) {
      if (group !== null) changes.set(group, (changes.get(group) ?? 0) + by)
    },
    flush() {
      for (const [group, change] of changes) if (change !== 0) add.run(change, group)
      changes.clear()
    },
  }
}
