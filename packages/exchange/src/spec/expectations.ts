import type { Question, StreamPrefix } from '@tidings/statement'
import { expect } from 'vitest'
import {
  type Duty,
  draftOf,
  dutiesOf,
  isOpen,
  keysAt,
  participantsAt,
  pausesOf,
  releasedAt,
  rulesAt,
  type VoidReason,
} from '../index.ts'
import type { Expectation } from './given.ts'
import { allParties, kidOf, partyOf, thing } from './parties.ts'
import type { World } from './world.ts'

const streamsAbout = (world: World) => [...new Set(world.happened.map(({ placed }) => placed.payload.about))]

function dutiesIn(world: World): readonly Duty[] {
  return streamsAbout(world).flatMap((about) =>
    (['request', 'disclosure', 'mechanism'] as const).flatMap((prefix) => {
      const found = world.thing(prefix, about)
      return found ? dutiesOf(found) : []
    }),
  )
}

const inWords = ({ kind, question, reviewDate }: Duty) =>
  [kind, question, reviewDate && `by ${reviewDate}`].filter(Boolean).join(' ')

/** What was said last counts. */
export function effective(): Expectation {
  return (_, verdicts) => expect(verdicts.at(-1)).toEqual({ verdict: 'effective' })
}

/** What was said last is a draft that waits for its release. */
export function held(): Expectation {
  return (_, verdicts) => expect(verdicts.at(-1)).toEqual({ verdict: 'held' })
}

/** What was said last is void for this reason; `by` names the act whose leaf decided it. */
export function voided(
  reason: VoidReason,
  { by, question }: { readonly by?: string; readonly question?: Question } = {},
): Expectation {
  return (world, verdicts) => {
    const leaf = by === undefined ? undefined : world.named(by).placed.leaf
    expect(verdicts.at(-1)).toEqual({
      verdict: 'void',
      reason,
      ...(leaf !== undefined && { leaf }),
      ...(question && { question }),
    })
    // Nothing follows from it.
    const last = world.happened.at(-1)
    expect(last?.step.state.thing).toBe(last?.before.thing)
    expect(last?.step.state.drafts).toBe(last?.before.drafts)
    expect(last?.step.released).toBeUndefined()
  }
}

/** Everything that is still owed, by owner, in the order in which it was opened. */
export function duties(expected: { readonly [owner: string]: readonly string[] }): Expectation {
  return (world) => {
    const open = dutiesIn(world).filter(isOpen)
    const found = allParties
      .map((name) => [name, open.filter((duty) => duty.owner === partyOf(name)).map(inWords)] as const)
      .filter(([, owed]) => owed.length > 0)
    expect(Object.fromEntries(found)).toEqual(expected)
    expect(found.flatMap(([, owed]) => owed)).toHaveLength(open.length)
  }
}

/** Towards whom one duty is owed, and by which act and leaf it was opened. */
export function owed(what: string, by: string, towards: string, openedBy: string): Expectation {
  return (world) => {
    const duty = dutiesIn(world).find((one) => isOpen(one) && inWords(one) === what && one.owner === partyOf(by))
    const { placed } = world.named(openedBy)
    expect(duty).toMatchObject({ towards: partyOf(towards), openedBy: placed.id })
  }
}

/** That a duty was discharged, and by which acts, in order. */
export function discharged(what: string, ...by: readonly string[]): Expectation {
  return (world) => {
    const found = dutiesIn(world).filter((duty) => !isOpen(duty) && inWords(duty) === what)
    expect(found.map(({ dischargedBy }) => dischargedBy)).toEqual(by.map((name) => world.named(name).placed.id))
    for (const duty of found) expect(duty.dischargedAt).toBeGreaterThanOrEqual(duty.openedAt)
  }
}

/** What the open duty of this kind says of its clock: since when it counts, its pauses and its extensions, by the acts that made them. */
export function clockOf(
  what: string,
  expected: {
    readonly countsFrom?: string
    /** Since and until which acts; and whether the clock began anew. */
    readonly pauses?: readonly (readonly [string, string?, 'restarts'?])[]
    readonly extensions?: readonly (readonly [number, string, string])[]
    readonly rulesVersion?: number
  },
): Expectation {
  return (world) => {
    const leaf = (name: string) => world.named(name).placed.leaf
    const duty = dutiesIn(world).find((one) => isOpen(one) && inWords(one) === what)
    expect(duty?.countsFrom).toBe(expected.countsFrom === undefined ? undefined : leaf(expected.countsFrom))
    expect(duty ? pausesOf(duty) : []).toEqual(
      (expected.pauses ?? []).map(([since, until, restarts]) => ({
        since: leaf(since),
        ...(until !== undefined && { until: leaf(until) }),
        ...(restarts && { restarts: true }),
      })),
    )
    expect(duty?.extensions ?? []).toEqual(
      (expected.extensions ?? []).map(([n, asked, granted]) => ({
        n,
        askedAt: leaf(asked),
        grantedAt: leaf(granted),
      })),
    )
    if (expected.rulesVersion !== undefined) expect(duty?.rulesVersion).toBe(expected.rulesVersion)
  }
}

/** That duties were ended, not met, and by which act each, in order. */
export function ended(what: string, ...by: readonly string[]): Expectation {
  return (world) => {
    const found = dutiesIn(world).filter((duty) => duty.how === 'ended' && inWords(duty) === what)
    expect(found.map(({ dischargedBy }) => dischargedBy)).toEqual(by.map((name) => world.named(name).placed.id))
  }
}

/** Which questions of a request are open; those not named are closed. */
export function open(name: string, ...questions: readonly Question[]): Expectation {
  return (world) => {
    const found = world.thing('request', thing(name))?.questions.filter((question) => !question.closed)
    expect(found?.map(({ question }) => question)).toEqual(questions)
  }
}

/** How a question was closed, and by which act. */
export function closed(
  name: string,
  question: Question,
  how: 'accepted' | 'withdrawn' | 'decided',
  by: string,
): Expectation {
  return (world) => {
    const found = world.thing('request', thing(name))?.questions.find((one) => one.question === question)
    expect(found?.closed).toEqual({ how, leaf: world.named(by).placed.leaf })
  }
}

/** Which keys of a party count for the next statement, by name, with their roles. */
export function keys(party: string, expected: { readonly [key: string]: string }): Expectation {
  return (world) => {
    const state = world.thing('party', partyOf(party))
    const found = state ? keysAt(state, world.leaf).map(({ kid, role }) => [kid, role]) : []
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(Object.entries(expected).map(([key, role]) => [kidOf(party, key), role])),
    )
  }
}

/** Who takes part in a mechanism from the next statement on; nobody while it is not in force. */
export function participants(mechanism: string, ...names: readonly string[]): Expectation {
  return (world) => {
    const state = world.thing('mechanism', thing(mechanism))
    expect(state && participantsAt(state, world.leaf).map(({ party }) => party)).toEqual(names.map(partyOf))
  }
}

/** Which version of the rules is in force from the next statement on, if any. */
export function rulesInForce(mechanism: string, version?: number): Expectation {
  return (world) => {
    const state = world.thing('mechanism', thing(mechanism))
    expect(state && rulesAt(state, world.leaf)?.version).toBe(version)
  }
}

/** That a stream has begun, or not. */
export function begun(prefix: StreamPrefix, id: string, expected = true): Expectation {
  return (world) => expect(world.thing(prefix, id) !== undefined).toBe(expected)
}

/** The verdict on an act, later than it was said. */
export function draft(name: string, expected: 'held' | { readonly releasedBy: string }): Expectation {
  return (world) => {
    const { placed } = world.named(name)
    const state = world.happened.findLast(({ before }) => before.stream.endsWith(placed.payload.about))?.step.state
    const { id: statement, leaf, payload, kid } = placed
    expect(state && draftOf(state, statement)).toEqual({ statement, leaf, payload, kid })
    const released = expected === 'held' ? undefined : world.named(expected.releasedBy).placed.leaf
    expect(state && releasedAt(state, statement)).toBe(released)
  }
}

/** What a register entry or a list says of itself: whose it is, how often it was described, and by which act last. */
export function stands(
  prefix: 'case' | 'list' | 'site',
  name: string,
  of: string,
  versions: number,
  latest: string,
): Expectation {
  return (world) => {
    const { id: statement, leaf } = world.named(latest).placed
    expect(world.thing(prefix, thing(name))).toEqual({ founder: partyOf(of), versions, latest: { statement, leaf } })
  }
}
