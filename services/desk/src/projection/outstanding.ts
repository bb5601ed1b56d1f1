import type { DatabaseSync } from 'node:sqlite'
import type { Duty, MechanismThing, QuestionState, RequestThing } from '@tidings/exchange'
import { interned } from './interned.ts'
import { openReminderGroups, type ReminderGroupsOptions } from './reminder-groups.ts'

/** What opens duties, and for a request questions. */
export type Owing = (Pick<MechanismThing, 'owed' | 'over'> & { readonly mechanism: string }) | RequestThing

/** Keeps open duties and open questions with their counts: each statement changes what it changes, nothing is ever counted. */
export interface OutstandingTables {
  /** Takes what a statement, counted from this leaf on, has made of a request, a disclosure or a mechanism. */
  take(stream: number, leaf: number, before: Owing | undefined, after: Owing): void
  /** Writes the counts. Called within the transaction that holds the rows. */
  flush(): void
}

/** Opens the tables of what is outstanding. */
export function openOutstanding(db: DatabaseSync, options: ReminderGroupsOptions): OutstandingTables {
  const groupOf = interned(db, 'duty_groups', ['owner', 'towards', 'mechanism', 'kind', 'question'], { open: 0 })
  const reminders = openReminderGroups(db, options)
  const open = db.prepare(
    'INSERT INTO open_duties (duty_group, opened_at, number, stream, reminder_group) VALUES (?, ?, ?, ?, ?)',
  )
  const close = db.prepare(
    'DELETE FROM open_duties WHERE duty_group = ? AND opened_at = ? AND number = ? RETURNING reminder_group',
  )
  const standsIn = db.prepare(
    'SELECT reminder_group FROM open_duties WHERE duty_group = ? AND opened_at = ? AND number = ?',
  )
  const regroup = db.prepare(
    'UPDATE open_duties SET reminder_group = ? WHERE duty_group = ? AND opened_at = ? AND number = ?',
  )
  const keepDischarged = db.prepare(
    'INSERT INTO discharged_duties (duty_group, discharged_at, number, stream) VALUES (?, ?, ?, ?)',
  )
  const countDuties = db.prepare('UPDATE duty_groups SET open = open + ? WHERE id = ?')
  const countQuestions = db.prepare(
    `INSERT INTO open_questions (asker, addressee, mechanism, question, open) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET open = open + excluded.open`,
  )
  const dutyChanges = new Map<number, number>()
  const questionChanges = new Map<string, number>()

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
    const groupOfRow = (row: ReturnType<typeof standsIn.get>) =>
      typeof row?.reminder_group === 'number' ? row.reminder_group : null
    for (const duty of owed) {
      const was = wasOwed.get(duty.number)
      if (was === duty) continue
      const group = groupIn(duty)
      const place = [group, duty.openedAt, duty.number ?? null] as const
      const now = remindersOf(group, duty)
      if (was) {
        const then = groupOfRow(standsIn.get(...place))
        if (then === now) continue
        reminders.count(then, -1)
        regroup.run(now, ...place)
      } else {
        count(group, 1)
        open.run(...place, stream, now)
      }
      reminders.count(now, 1)
    }
    for (const duty of over?.entries.slice(before?.over?.length ?? 0, over.length) ?? []) {
      if (!wasOwed.has(duty.number)) continue
      const group = groupIn(duty)
      count(group, -1)
      reminders.count(groupOfRow(close.get(group, duty.openedAt, duty.number ?? null)), -1)
      keepDischarged.run(group, duty.dischargedAt ?? null, duty.number ?? null, stream)
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
      for (const [group, change] of dutyChanges) countDuties.run(change, group)
      for (const [key, change] of questionChanges) countQuestions.run(...key.split(' '), change)
      reminders.flush()
      dutyChanges.clear()
      questionChanges.clear()
    },
  }
}
