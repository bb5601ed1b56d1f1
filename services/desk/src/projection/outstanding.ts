import type { DatabaseSync } from 'node:sqlite'
import type { Duty, MechanismThing, QuestionState, RequestThing } from '@tidings/exchange'
import { interned } from './interned.ts'

/** What opens duties, and for a request questions. */
export type Owing = (Pick<MechanismThing, 'owed' | 'over'> & { readonly mechanism: string }) | RequestThing

/** Keeps open duties and open questions with their counts: each statement changes what it changes, nothing is ever counted. */
export interface OutstandingTables {
  /** Takes what a statement has made of a request, a disclosure or a mechanism. */
  take(stream: number, before: Owing | undefined, after: Owing): void
  /** Writes the counts. Called within the transaction that holds the rows. */
  flush(): void
}

/** Opens the tables of what is outstanding. */
export function openOutstanding(db: DatabaseSync): OutstandingTables {
  const groupOf = interned(db, 'duty_groups', ['owner', 'towards', 'mechanism', 'kind', 'question'], { open: 0 })
  const open = db.prepare('INSERT INTO open_duties (duty_group, opened_at, number, stream) VALUES (?, ?, ?, ?)')
  const close = db.prepare('DELETE FROM open_duties WHERE duty_group = ? AND opened_at = ? AND number = ?')
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

  function takeDuties(stream: number, before: Owing | undefined, { owed, over, mechanism }: Owing) {
    if (before?.owed === owed) return
    const wasOwed = new Set(before?.owed.map(({ number }) => number))
    const change = (duty: Duty, by: 1 | -1) => {
      const group = groupOf(duty.owner, duty.towards, mechanism, duty.kind, duty.question ?? '')
      dutyChanges.set(group, (dutyChanges.get(group) ?? 0) + by)
      return group
    }
    for (const duty of owed) {
      if (!wasOwed.has(duty.number)) open.run(change(duty, 1), duty.openedAt, duty.number ?? null, stream)
    }
    for (const duty of over?.entries.slice(before?.over?.length ?? 0, over.length) ?? []) {
      if (!wasOwed.has(duty.number)) continue
      const group = change(duty, -1)
      close.run(group, duty.openedAt, duty.number ?? null)
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
    take(stream, before, after) {
      takeDuties(stream, before, after)
      takeQuestions(before, after)
    },
    flush() {
      for (const [group, change] of dutyChanges) countDuties.run(change, group)
      for (const [key, change] of questionChanges) countQuestions.run(...key.split(' '), change)
      dutyChanges.clear()
      questionChanges.clear()
    },
  }
}
