import type { DatabaseSync } from 'node:sqlite'
import type { Duty, MechanismThing, QuestionState, RequestThing } from '@tidings/exchange'
import { interned } from './interned.ts'
import { openReminderGroups, type ReminderGroupsOptions } from './reminder-groups.ts'
import { openRows } from './rows.ts'

/** What opens duties, and for a request questions. */
export type Owing = (Pick<MechanismThing, 'owed' | 'over'> & { readonly mechanism: string }) | RequestThing

/** An open duty of a duty group that its table does not hold yet. */
interface Opening {
  readonly openedAt: number
  readonly number: number | undefined
  readonly stream: number
  readonly reminders: number | null
}

/** Keeps open duties and open questions with their counts: each statement changes what it changes, nothing is ever counted. */
export interface OutstandingTables {
  /** Takes what a statement, counted from this leaf on, has made of a request, a disclosure or a mechanism. */
  take(stream: number, leaf: number, before: Owing | undefined, after: Owing): void
  /** Writes what is kept back. Called within the transaction that is to hold it. */
  flush(): void
}

/** Opens the tables of what is outstanding. */
export function openOutstanding(db: DatabaseSync, options: ReminderGroupsOptions): OutstandingTables {
  const groupOf = interned(db, 'duty_groups', ['owner', 'towards', 'mechanism', 'kind', 'question'], { open: 0 })
  const reminders = openReminderGroups(db, options)
  const opened = openRows(db, 'open_duties', ['duty_group', 'opened_at', 'number', 'stream', 'reminder_group'])
  const discharged = openRows(db, 'discharged_duties', ['duty_group', 'discharged_at', 'number', 'stream'])
  const remove = db.prepare(
    'DELETE FROM open_duties WHERE duty_group = ? AND opened_at = ? AND number = ? RETURNING reminder_group',
  )
  const standsIn = db.prepare(
    'SELECT reminder_group FROM open_duties WHERE duty_group = ? AND opened_at = ? AND number = ?',
  )
  const update = db.prepare(
    'UPDATE open_duties SET reminder_group = ? WHERE duty_group = ? AND opened_at = ? AND number = ?',
  )
  const countDuties = db.prepare('UPDATE duty_groups SET open = open + ? WHERE id = ?')
  const countQuestions = db.prepare(
    `INSERT INTO open_questions (asker, addressee, mechanism, question, open) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET open = open + excluded.open`,
  )
  // By group, the order of the table.
  const openings = new Map<number, Opening[]>()
  const dutyChanges = new Map<number, number>()
  const questionChanges = new Map<string, number>()

  /** Where among the openings of its group a duty stands; -1 for one that the table holds. */
  function placeOf(group: number, { openedAt, number }: Duty): number {
    return openings.get(group)?.findLastIndex((one) => one.openedAt === openedAt && one.number === number) ?? -1
  }

  function open(group: number, opening: Opening) {
    const others = openings.get(group)
    if (others) others.push(opening)
    else openings.set(group, [opening])
  }

  /** Puts an open duty into another reminder group; false if it stands there already. */
  function regroup(group: number, duty: Duty, now: number | null): boolean {
    const key = [group, duty.openedAt, duty.number ?? null] as const
    const place = placeOf(group, duty)
    const opening = openings.get(group)?.[place]
    const then = opening ? opening.reminders : groupOfRow(standsIn.get(...key))
    if (then === now) return false
    if (opening) openings.get(group)?.splice(place, 1, { ...opening, reminders: now })
    else update.run(now, ...key)
    reminders.count(then, -1)
    return true
  }

  /** Takes away a duty that is over; returns the reminder group in which it stood. */
  function close(group: number, duty: Duty): number | null {
    const place = placeOf(group, duty)
    if (place < 0) return groupOfRow(remove.get(group, duty.openedAt, duty.number ?? null))
    const [opening] = openings.get(group)?.splice(place, 1) ?? []
    return opening?.reminders ?? null
  }

  function takeDuties(stream: number, leaf: number, before: Owing | undefined, after: Owing) {
    const { owed, over, mechanism } = after
    if (before?.owed === owed) return
    const wasOwed = new Map(before?.owed.map((duty) => [duty.number, duty]))
    const groupIn = ({ owner, towards, kind, question }: Duty) =>
      groupOf(owner, towards, mechanism, kind, question ?? '')
    // Reminders are stated in requests.
    const remindersOf = (group: number, duty: Duty) =>
      'questions' in after ? reminders.groupOf(group, duty, mechanism, leaf) : null
    const count = (group: number, by: 1 | -1) => dutyChanges.set(group, (dutyChanges.get(group) ?? 0) + by)
    for (const duty of owed) {
      const was = wasOwed.get(duty.number)
      if (was === duty) continue
      const group = groupIn(duty)
      const now = remindersOf(group, duty)
      if (was) {
        if (!regroup(group, duty, now)) continue
      } else {
        count(group, 1)
        open(group, { openedAt: duty.openedAt, number: duty.number, stream, reminders: now })
      }
      reminders.count(now, 1)
    }
    for (const duty of over?.entries.slice(before?.over?.length ?? 0, over.length) ?? []) {
      if (!wasOwed.has(duty.number)) continue
      const group = groupIn(duty)
      count(group, -1)
      reminders.count(close(group, duty), -1)
      discharged.add(group, duty.dischargedAt ?? null, duty.number ?? null, stream)
    }
  }

  function takeQuestions(before: Owing | undefined, after: Owing) {
    if (!('questions' in after)) return
    const old = before && 'questions' in before ? before.questions : []
    if (old === after.questions) return
    after.questions.forEach(({ question, closed }: QuestionState, i) => {
      const change = Number(closed === undefined) - Number(old[i] !== undefined && old[i].closed === undefined)
      if (change === 0) return
      const key = [after.asker, after.addressee, after.mechanism, question].join(' ')
      questionChanges.set(key, (questionChanges.get(key) ?? 0) + change)
    })
  }

  return {
    take(stream, leaf, before, after) {
      takeDuties(stream, leaf, before, after)
      takeQuestions(before, after)
    },
    flush() {
      for (const [group, all] of openings) {
        for (const { openedAt, number, stream, reminders } of all)
          opened.add(group, openedAt, number ?? null, stream, reminders)
      }
      for (const rows of [opened, discharged]) rows.flush()
      openings.clear()
      for (const [group, change] of dutyChanges) countDuties.run(change, group)
      for (const [key, change] of questionChanges) countQuestions.run(...key.split(' '), change)
      reminders.flush()
      dutyChanges.clear()
      questionChanges.clear()
    },
  }
}

function groupOfRow(row: Record<string, unknown> | undefined): number | null {
  return typeof row?.reminder_group === 'number' ? row.reminder_group : null
}
