import { type StreamPrefix, streamOf } from '@tidings/statement'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Clock, clockOf, clockStates, type StepCode } from '../clock/index.ts'
import type { Placed } from '../define-rule.ts'
import { type Duty, isOpen } from '../duty.ts'
import { judge } from '../fold.ts'
import { createExchange, type Exchange } from '../in-memory.ts'
import { participantsAt } from '../mechanism.ts'
import { dutiesOf, dutyNumbered } from '../past.ts'
import { listed } from '../shared-list.ts'
import { draftOf, type MechanismThing, recordedAt, type Things } from '../state.ts'
import { everyone, histories } from './histories.ts'
import { partyOf } from './index.ts'
import type { World } from './world.ts'

type Stream = `${StreamPrefix}-${string}`

const streamsIn = (placed: readonly Placed[]) => [...new Set(placed.map(({ payload }) => streamOf(payload) as Stream))]
const statesOf = (exchange: Exchange, streams: readonly Stream[]) => streams.map((stream) => exchange.stateOf(stream))
const placedIn = (world: World) => world.happened.map(({ placed }) => placed)
const verdictsIn = (world: World) => world.happened.map(({ step }) => step.verdict)
const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value))
/** States as they count: without what others have added to the lists that they share. */
const counted = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value), (_, one) => (Array.isArray(one?.entries) ? listed(one) : one))

type Owing = Things['request' | 'disclosure' | 'mechanism']

/** Everything in a history that duties are about, as it is at its end. */
function thingsWithDuties(world: World) {
  return streamsIn(placedIn(world)).flatMap((stream) => {
    const { thing } = world.exchange.stateOf(stream)
    return thing && 'owed' in thing ? [thing] : []
  })
}

/** Histories of all parts together: more than a hundred thousand statements. */
export const allHistories = 552

const inMechanism = (thing: Owing, stream: string) =>
  ('mechanism' in thing ? `mechanism-${thing.mechanism}` : stream) as `mechanism-${string}`
/** Twenty statements in nine days: a history lasts from winter to summer. */
const timeOf = (leaf: number) => Date.UTC(2031, 0, 1) / 1000 + leaf * 40_000

/** Compares what is nearly always the same, quickly. */
function expectSame(one: unknown, other: unknown): void {
  if (JSON.stringify(one) !== JSON.stringify(other)) expect(one).toEqual(other)
}

/**
 * What is so of any history, held against one part of the generated ones: so that the parts can be checked beside each other. Each property sees every history,
 * and a history is made once for all of them.
 */
export function holdsOfHistories(part: number, parts: number): void {
  describe(`of any history, part ${part} of ${parts}`, () => {
    // The same each time, unless TIDINGS_SEED tells others.
    const seed = (fc.readConfigureGlobal().seed ?? Date.now()) + part
    let worlds: readonly World[] = []
    beforeAll(() => {
      worlds = fc.sample(histories, { seed, numRuns: Math.ceil(allHistories / parts) })
    }, 600_000)

    function always(name: string, check: (world: World, number: number) => void) {
      it(name, { timeout: 600_000 }, () => {
        worlds.forEach((world, i) => {
          try {
            // Some number of its own for each.
            check(world, Math.imul(i + 1, 0x9e3779b1) >>> 4)
          } catch (cause) {
            throw new Error(`history ${i} of seed ${seed}: ${cause instanceof Error ? cause.message : ''}`, { cause })
          }
        })
      })
    }

    properties(always)

    it('was said of the whole of it: statements enough for its share of a hundred thousand', () => {
      const said = worlds.reduce((sum, { happened }) => sum + happened.length, 0)
      expect(said).toBeGreaterThan(100_000 / parts)
    })
  })
}

function properties(always: (name: string, check: (world: World, number: number) => void) => void): void {
  always(
    'the replay gives the same verdicts and states, wherever it is interrupted and continued from a snapshot',
    (world, cut) => {
      const placed = placedIn(world)
      const streams = streamsIn(placed)
      let exchange = createExchange()
      const verdicts = placed.map((one, i) => {
        if (i % ((cut % 40) + 1) === 0) exchange = createExchange(asJson(statesOf(exchange, streams)))
        return exchange.place(one).verdict
      })
      expectSame(verdicts, verdictsIn(world))
      expectSame(counted(statesOf(exchange, streams)), counted(statesOf(world.exchange, streams)))
    },
  )

  always(
    'whoever goes on from a state of the past, live or from a snapshot, gets what came then; nobody else notices',
    (world, number) => {
      const cut = number % world.happened.length
      const then = new Map(world.happened.slice(0, cut).map(({ step }) => [step.state.stream, step.state]))
      const streams = streamsIn(placedIn(world))
      const now = counted(statesOf(world.exchange, streams))
      const later = world.happened.slice(cut)
      for (const states of [[...then.values()], asJson([...then.values()])]) {
        // Something else first, as the calculator does: what was never recorded.
        for (const { placed } of later) createExchange(states).place({ ...placed, id: `not ${placed.id}` })
        const exchange = createExchange(states)
        expectSame(
          later.map(({ placed }) => exchange.place(placed).verdict),
          later.map(({ step }) => step.verdict),
        )
        expectSame(counted(statesOf(exchange, streams)), now)
      }
      expectSame(counted(statesOf(world.exchange, streams)), now)
    },
  )

  always('whoever knows more by now gives the same verdict on an earlier statement', (world) => {
    expectSame(
      world.happened.map(({ placed, before }) => judge(world.exchange.standing, before, placed)),
      verdictsIn(world),
    )
  })

  always(
    'a verdict depends on parties, mechanisms and the statement’s own stream, on nothing else',
    (world, number) => {
      const placed = placedIn(world)
      const streams = streamsIn(placed)
      const chosen = streams[number % streams.length]
      const matters = (one: Placed) => {
        const stream = streamOf(one.payload)
        return stream === chosen || stream.startsWith('party-') || stream.startsWith('mechanism-')
      }
      const exchange = createExchange()
      const verdicts = placed.filter(matters).map((one) => exchange.place(one).verdict)
      expectSame(
        verdicts,
        verdictsIn(world).filter((_, i) => matters(placed[i] as Placed)),
      )
    },
  )

  always(
    'a void statement changes nothing but that it is recorded; a held one adds a draft and nothing else',
    (world) => {
      for (const { before, step, placed } of world.happened) {
        const { verdict, state, released } = step
        if ((recordedAt(state, placed.id) ?? Infinity) > placed.leaf) expect.fail('recorded later than it was')
        if (verdict.verdict === 'effective') continue
        if (released !== undefined || state.thing !== before.thing || state.released !== before.released)
          expect.fail(`leaf ${placed.leaf} is ${verdict.verdict} and has changed something`)
        const drafts = [...listed(before.drafts), ...(verdict.verdict === 'held' ? [draftOf(state, placed.id)] : [])]
        expectSame(listed(state.drafts), drafts)
      }
    },
  )

  always(
    'every duty has one owner, was opened by a statement, and if it is discharged, by a statement at its leaf',
    (world) => {
      const effectiveAt = new Map(
        world.happened
          .filter(({ step }) => step.verdict.verdict === 'effective')
          .map(({ placed, step }) => [step.released ?? placed.id, placed.leaf]),
      )
      const ids = everyone.map(partyOf)
      for (const thing of thingsWithDuties(world)) {
        for (const duty of dutiesOf(thing)) {
          const { owner, towards, openedBy, openedAt, dischargedBy, dischargedAt, how } = duty
          const between = ids.includes(owner) && ids.includes(towards) && owner !== towards
          const opened = effectiveAt.get(openedBy) === openedAt
          const open = dischargedAt === undefined && dischargedBy === undefined && how === undefined
          const over = dischargedBy !== undefined && effectiveAt.get(dischargedBy) === dischargedAt && how !== undefined
          if (!between || !opened || !(open || over)) expect.fail(JSON.stringify(duty))
        }
        const open = thing.owed.map(({ owner, kind, question, re }) => `${owner} ${kind} ${question} ${re}`)
        expect(new Set(open).size, 'nothing is owed twice').toBe(open.length)
      }
    },
  )

  always('a question that is closed has no duty left; an open one has reply or review owed, never both', (world) => {
    for (const thing of thingsWithDuties(world)) {
      if (!('questions' in thing)) continue
      for (const { question, closed } of thing.questions) {
        const open = thing.owed.filter((duty) => duty.question === question).map(({ kind }) => kind)
        if (closed) expect(open).toEqual([])
        expect(open.filter((kind) => kind === 'reply' || kind === 'review').length).toBeLessThanOrEqual(1)
      }
      if (thing.withdrawn) expect(thing.owed).toEqual([])
    }
  })

  always('a duty keeps its place and what it was opened with, and what was discharged stays as it is', (world) => {
    for (const { before, step } of world.happened) {
      const [was, is] = [before.thing, step.state.thing]
      if (!was || !is || !('owed' in was) || !('owed' in is)) continue
      if (dutiesOf(is).some(({ number }, i) => number !== i)) expect.fail('numbers are left out, or given twice')
      for (const old of dutiesOf(was)) {
        const now = dutyNumbered(is, old.number ?? -1)
        if (now === old) continue
        expect(isOpen(old), 'what was discharged has changed').toBe(true)
        const kept = ['owner', 'towards', 'kind', 'question', 'openedAt', 'openedBy', 'rulesVersion'] as const
        for (const member of kept) if (now?.[member] !== old[member]) expect.fail(`${member} of a duty has changed`)
      }
    }
  })

  always('a reply is paused exactly while a clarification of its question is owed', (world) => {
    for (const { owed, over } of thingsWithDuties(world)) {
      const questions = (some: readonly Duty[]) => [...new Set(some.map(({ question }) => question))].sort()
      const paused = owed.filter(({ pauses }) => pauses?.some(({ until }) => until === undefined))
      const unclear = owed.filter(({ kind, question }) => kind === 'clarify' && question !== undefined)
      expect(questions(paused)).toEqual(questions(unclear))
      for (const { kind, pauses = [] } of listed(over).filter((duty) => duty.kind === 'reply'))
        expect(
          pauses.every(({ until }) => until !== undefined),
          `${kind} is discharged and paused`,
        ).toBe(true)
    }
  })

  always(
    'nobody is to decide on a request of which something was kept from it, but the mediator, who sees all',
    (world) => {
      const kept = new Map<string, Set<string>>()
      for (const { placed, before, step } of world.happened) {
        const { thing, stream } = step.state
        if (!thing || !('asker' in thing) || step.verdict.verdict !== 'effective') continue
        const payload = (step.released !== undefined && draftOf(before, step.released)?.payload) || placed.payload
        const from = everyone.map(partyOf).filter((party) => party !== payload.iss && !payload.aud?.includes(party))
        kept.set(stream, new Set([...(kept.get(stream) ?? []), ...from]))
        const mechanism = world.exchange.standing.mechanism(thing.mechanism)
        for (const { owner, kind, openedAt } of thing.owed) {
          if (kind !== 'decide-referral' || openedAt !== placed.leaf || !mechanism) continue
          const role = participantsAt(mechanism, placed.leaf).find(({ party }) => party === owner)?.role
          const isSide = owner === thing.asker || owner === thing.addressee
          expect(role === 'mediator' || isSide || !kept.get(stream)?.has(owner)).toBe(true)
        }
      }
    },
  )

  always('an extension is asked for exactly while somebody owes its decision', (world) => {
    for (const { owed } of thingsWithDuties(world)) {
      const asked = owed.flatMap(({ extensionAsked, question }) => (extensionAsked ? question : []))
      const decided = owed.flatMap(({ kind, question }) => (kind === 'decide-extension' ? question : []))
      expect(asked.sort()).toEqual(decided.sort())
    }
  })

  always('a clock that is asked about the past shows what it showed then, and why', (world) => {
    const known = new Map<string, Owing>()
    for (const { placed, before, step } of world.happened) {
      const { stream, thing } = step.state
      if (!thing || !('owed' in thing) || thing === before.thing) continue
      known.set(stream, thing)
      // What a mechanism does, it does to all duties under it.
      const touched = [...known].filter(([name, one]) => name === stream || inMechanism(one, name) === stream)
      for (const [name, one] of touched) {
        const then = known.get(inMechanism(one, name)) as MechanismThing
        const now = world.exchange.stateOf(inMechanism(one, name)).thing as MechanismThing
        const last = world.exchange.stateOf(name as Stream).thing as Owing
        for (const duty of dutiesOf(one)) {
          const later = dutyNumbered(last, duty.number ?? -1)
          if (!later) throw new Error('a duty is gone')
          // As seen on that day, and long after.
          for (const on of [{}, { on: '2033-01-01' }]) {
            const asked = { atLeaf: placed.leaf, ...on }
            expectSame(clockOf(later, now, timeOf, asked), clockOf(duty, then, timeOf, asked))
          }
        }
      }
    }
  })

  const reached = { steps: new Set<StepCode>(), states: new Set<string>() }

  always(
    'swapping two parties, calendars included, swaps verdicts, duties, dates and explanations, and nothing else',
    (world, number) => {
      const one = partyOf(everyone[number % everyone.length] ?? 'A')
      const other = partyOf(everyone[Math.floor(number / 32) % everyone.length] ?? 'B')
      const swapped = <T>(value: T): T =>
        JSON.parse(
          JSON.stringify(value).replaceAll(new RegExp(`${one}|${other}`, 'g'), (id) => (id === one ? other : one)),
        )
      const placed = placedIn(world)
      const exchange = createExchange()
      const mirrored = swapped(placed)
      expectSame(
        mirrored.map((said) => exchange.place(said).verdict),
        verdictsIn(world),
      )
      const [streams, mirroredStreams] = [streamsIn(placed), streamsIn(mirrored)]
      expectSame(counted(statesOf(exchange, mirroredStreams)), swapped(counted(statesOf(world.exchange, streams))))

      const clocks = (of: Exchange, among: readonly Stream[], see: (clock: Clock) => void = () => undefined) =>
        among.flatMap((stream) => {
          const thing = of.stateOf(stream).thing
          if (!thing || !('owed' in thing)) return []
          const mechanism = of.stateOf(inMechanism(thing, stream)).thing as MechanismThing
          return dutiesOf(thing).flatMap((duty) =>
            [{ atLeaf: placed.length - 1 }, { atLeaf: duty.openedAt + 20, on: '2031-07-01' }].map((asked) => {
              const clock = clockOf(duty, mechanism, timeOf, asked)
              see(clock)
              return clock
            }),
          )
        })
      const see = ({ state, steps }: Clock) => {
        reached.states.add(state)
        for (const { step } of steps) reached.steps.add(step)
      }
      expectSame(clocks(exchange, mirroredStreams), swapped(clocks(world.exchange, streams, see)))
    },
  )

  it('these clocks showed every state, and days that do not count for every reason', () => {
    expect(clockStates.filter((state) => !reached.states.has(state))).toEqual([])
    const steps = ['counted', 'rest-day', 'non-working', 'working-instead', 'pause', 'suspension', 'absence'] as const
    const others = ['extension', 'restart', 'rolled', 'later-calendar', 'no-calendar', 'no-rules'] as const
    expect([...steps, ...others].filter((step) => !reached.steps.has(step))).toEqual([])
  })
}
