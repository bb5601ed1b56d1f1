import { type Duty, isOpen } from './duty.ts'
import { added, type SharedList } from './shared-list.ts'
import type { Correctable, CorrectableKind, RequestThing } from './state.ts'
import { hasVersion } from './versions.ts'

/** What duties are about. */
interface Owing {
  readonly owed: readonly Duty[]
  readonly over?: SharedList<Duty>
}

/**
 * A thing after a statement: what was opened gets its number, and what was discharged goes to what is over, where it stays as it is. Only what is owed is
 * gone through and copied from then on, however long the life of the thing.
 */
export function settle<T extends Owing>(before: Owing | undefined, after: T, statement: string): T {
  if (before?.owed === after.owed) return after
  let next = numberOfDuties(before)
  const duties = after.owed.map((duty) => (duty.number === undefined ? { ...duty, number: next++ } : duty))
  const discharged = duties.filter((duty) => !isOpen(duty))
  if (discharged.length === 0) return { ...after, owed: duties }
  const settled = { ...after, owed: duties.filter(isOpen), over: added(after.over, ...discharged) }
  return isRequest(settled) ? remembered(settled, discharged, statement) : settled
}

/** How many duties there have been about a thing: the number of the next. */
function numberOfDuties(thing: Owing | undefined): number {
  return thing ? thing.owed.length + (thing.over?.length ?? 0) : 0
}

function isRequest<T extends Owing>(thing: T): thing is T & RequestThing {
  return 'asker' in thing
}

/** The request, with what its correctable statements have discharged, and whether what they opened was met. */
function remembered<T extends RequestThing>(request: T, discharged: readonly Duty[], statement: string): T {
  const { latest, over } = request
  const first = (over?.length ?? 0) - discharged.length
  const changed = (Object.keys(latest) as CorrectableKind[]).flatMap((kind) => {
    const one = latest[kind]
    if (!one) return []
    const met = one.met ?? metOf(one, discharged)
    const places = one.statement === statement ? placesOf(one, request, first) : one.discharged
    if (met === one.met && places === one.discharged) return []
    return [[kind, { ...one, ...(met && { met }), ...(places && { discharged: places }) }] as const]
  })
  return changed.length === 0 ? request : { ...request, latest: { ...latest, ...Object.fromEntries(changed) } }
}

/** When what a statement opened was met, if it was. */
function metOf(one: Correctable, discharged: readonly Duty[]): Correctable['met'] {
  const met = discharged.find(({ how, openedBy }) => how === 'met' && hasVersion(one, openedBy))
  if (met?.dischargedAt === undefined) return undefined
  return { leaf: met.dischargedAt, ...(met.question && { question: met.question }) }
}

/** Places of what a statement, or what it replaced, has discharged: of each kind and question the last. */
function placesOf(one: Correctable, { over }: RequestThing, first: number): readonly number[] {
  const entries = over?.entries ?? []
  const places = new Map<string, number>()
  const more = Array.from({ length: (over?.length ?? 0) - first }, (_, i) => first + i)
  for (const place of [...(one.discharged ?? []), ...more]) {
    const { kind, question = '' } = entries[place] as Duty
    places.set(`${kind} ${question}`, place)
  }
  return [...places.values()].sort((a, b) => (entries[a]?.number ?? 0) - (entries[b]?.number ?? 0))
}
