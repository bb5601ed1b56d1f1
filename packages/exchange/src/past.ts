import { type Duty, type DutyKind, isOpen } from './duty.ts'
import { lastUnder, listed, type SharedList } from './shared-list.ts'
import type { RequestThing } from './state.ts'

/** What duties are about: those owed, and those that are over. */
interface Owing {
  readonly owed: readonly Duty[]
  readonly over?: SharedList<Duty>
}

/** All duties that there have been about a thing, in the order in which they were opened: by their numbers. */
export function dutiesOf({ owed, over }: Owing): readonly Duty[] {
  return [...listed(over), ...owed].sort((one, other) => (one.number ?? 0) - (other.number ?? 0))
}

/** The duty of this number, if there has been one. */
export function dutyNumbered({ owed, over }: Owing, number: number): Duty | undefined {
  return owed.find((duty) => duty.number === number) ?? numberUnder(over, `${number}`)
}

const numberUnder = lastUnder<Duty>(({ number }) => `${number}`)

/** By what a duty that is over is looked up: each has an index of its own, made only where it is asked. */
const overUnder = {
  question: lastUnder<Duty>(({ kind, question = '' }) => `${kind} ${question}`),
  owner: lastUnder<Duty>(({ kind, owner }) => `${kind} ${owner}`),
  openedBy: lastUnder<Duty>(({ kind, openedBy }) => `${kind} ${openedBy}`),
  re: lastUnder<Duty>(({ kind, re }) => re && `${kind} ${re}`),
}

/** The duty of a kind that was over last: about a question, of an owner, opened by a statement, or to answer one. */
export function lastOver(
  { over }: Owing,
  kind: DutyKind,
  by: { readonly [K in keyof typeof overUnder]?: string | undefined },
): Duty | undefined {
  const [under = 'question'] = Object.keys(by) as (keyof typeof overUnder)[]
  return overUnder[under](over, `${kind} ${by[under] ?? ''}`)
}

/** The duty of a kind that a statement opened: the one still owed, or the last that is over. */
export function openedBy({ owed, over }: Owing, kind: DutyKind, statement: string): Duty | undefined {
  const open = owed.find((duty) => isOpen(duty) && duty.kind === kind && duty.openedBy === statement)
  return open ?? lastOver({ owed, ...(over && { over }) }, kind, { openedBy: statement })
}

const replyUnder = lastUnder<{ readonly statement: string }>(({ statement }) => statement)

/** Whether a statement is an effective reply to a request. */
export function isReply({ replies }: RequestThing, statement: string): boolean {
  return replyUnder(replies, statement) !== undefined
}
