import { kinds, type StreamPrefix, streamOf } from '@tidings/statement'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockOf } from './clock/index.ts'
import type { Placed } from './define-rule.ts'
import { type Duty, isOpen } from './duty.ts'
import { judge } from './fold.ts'
import { createExchange, type Exchange } from './in-memory.ts'
import { participantsAt } from './mechanism.ts'
import { dutiesOf, dutyNumbered } from './past.ts'
import { listed } from './shared-list.ts'
import { everyone, histories } from './spec/histories.ts'
import { partyOf } from './spec/index.ts'
import type { World } from './spec/world.ts'
import { draftOf, type MechanismThing, recordedAt, type Things } from './state.ts'
import { voidReasons } from './verdict.ts'

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

const always = (name: string, check: (world: World, number: number) => void, numRuns = 100) =>
  it(name, () => fc.assert(fc.property(histories, fc.nat(), check), { numRuns, endOnFailure: true }), 120_000)

describe('of any history', () => {
  always(
    'the replay gives the same verdicts and states, wherever it is interrupted and continued from a snapshot',
    (world, cut) => {
      const placed = placedIn(world)
      const streams = streamsIn(placed)
      let exchange = createExchange()
      const verdicts = placed.map((one, i) => {
        if (i % ((cut % 17) + 1) === 0) exchange = createExchange(asJson(statesOf(exchange, streams)))
        return exchange.place(one).verdict
      })
      expect(verdicts).toEqual(verdictsIn(world))
      expect(statesOf(exchange, streams)).toEqual(statesOf(world.exchange, streams))
    },
    550,
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
        expect(later.map(({ placed }) => exchange.place(placed).verdict)).toEqual(later.map(({ step }) => step.verdict))
        expect(counted(statesOf(exchange, streams))).toEqual(now)
      }
      expect(counted(statesOf(world.exchange, streams))).toEqual(now)
    },
  )

  always('whoever knows more by now gives the same verdict on an earlier statement', (world) => {
    for (const { placed, before, step } of world.happened) {
      expect(judge(world.exchange.standing, before, placed)).toEqual(step.verdict)
    }
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
      expect(verdicts).toEqual(verdictsIn(world).filter((_, i) => matters(placed[i] as Placed)))
    },
  )

  always(
    'a void statement changes nothing but that it is recorded; a held one adds a draft and nothing else',
    (world) => {
      for (const { before, step, placed } of world.happened) {
        const { verdict, state, released } = step
        expect(recordedAt(state, placed.id)).toBeLessThanOrEqual(placed.leaf)
        if (verdict.verdict === 'effective') continue
        expect(released).toBeUndefined()
        expect(state.thing).toBe(before.thing)
        expect(state.released).toBe(before.released)
        const drafts = [...listed(before.drafts), ...(verdict.verdict === 'held' ? [draftOf(state, placed.id)] : [])]
        expect(listed(state.drafts)).toEqual(drafts)
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
          expect(ids).toContain(duty.owner)
          expect(ids).toContain(duty.towards)
          expect(duty.owner).not.toBe(duty.towards)
          expect(effectiveAt.get(duty.openedBy)).toBe(duty.openedAt)
          expect(duty.dischargedAt === undefined).toBe(duty.dischargedBy === undefined)
          expect(duty.dischargedAt === undefined).toBe(duty.how === undefined)
          if (duty.dischargedBy !== undefined) expect(effectiveAt.get(duty.dischargedBy)).toBe(duty.dischargedAt)
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
      expect(dutiesOf(is).map(({ number }) => number)).toEqual(dutiesOf(is).map((_, i) => i))
      for (const old of dutiesOf(was)) {
        const { owner, towards, kind, question, openedAt, openedBy, rulesVersion, number = -1 } = old
        const now = dutyNumbered(is, number)
        expect(now).toMatchObject({ owner, towards, kind, openedAt, openedBy })
        expect([now?.question, now?.rulesVersion]).toEqual([question, rulesVersion])
        if (!isOpen(old)) expect(now).toBe(old)
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
    const timeOf = (leaf: number) => Date.UTC(2031, 0, 1) / 1000 + leaf * 40_000
    const mechanismOf = (thing: Owing, stream: string) =>
      ('mechanism' in thing ? `mechanism-${thing.mechanism}` : stream) as `mechanism-${string}`
    for (const { placed, before, step } of world.happened) {
      const { stream, thing } = step.state
      if (!thing || !('owed' in thing) || thing === before.thing) continue
      known.set(stream, thing)
      // What a mechanism does, it does to all duties under it.
      const touched = [...known].filter(([name, one]) => name === stream || mechanismOf(one, name) === stream)
      for (const [name, one] of touched) {
        const then = known.get(mechanismOf(one, name)) as MechanismThing
        const now = world.exchange.stateOf(mechanismOf(one, name)).thing as MechanismThing
        const last = world.exchange.stateOf(name as Stream).thing as Owing
        for (const duty of dutiesOf(one)) {
          const later = dutyNumbered(last, duty.number ?? -1)
          if (!later) throw new Error('a duty is gone')
          // As seen on that day, and long after.
          for (const on of [{}, { on: '2033-01-01' }]) {
            const asked = { atLeaf: placed.leaf, ...on }
            expect(clockOf(later, now, timeOf, asked)).toEqual(clockOf(duty, then, timeOf, asked))
          }
        }
      }
    }
  })

  always('swapping the names of two parties swaps the results and nothing else', (world, number) => {
    const one = partyOf(everyone[number % everyone.length] ?? 'A')
    const other = partyOf(everyone[Math.floor(number / 8) % everyone.length] ?? 'B')
    const swapped = <T>(value: T): T =>
      JSON.parse(
        JSON.stringify(value).replaceAll(new RegExp(`${one}|${other}`, 'g'), (id) => (id === one ? other : one)),
      )
    const placed = placedIn(world)
    const exchange = createExchange()
    const mirrored = swapped(placed)
    expect(mirrored.map((said) => exchange.place(said).verdict)).toEqual(verdictsIn(world))
    expect(statesOf(exchange, streamsIn(mirrored))).toEqual(swapped(statesOf(world.exchange, streamsIn(placed))))
  })
})

describe('the histories', () => {
  it('reach every kind, effective, held and void, and every reason: otherwise the above would say little', () => {
    const worlds = fc.sample(histories, { seed: 20310101, numRuns: 550 })
    expect(worlds.reduce((sum, { happened }) => sum + happened.length, 0)).toBeGreaterThan(100_000)
    const reached = (verdict: string) =>
      new Set(
        worlds.flatMap((world) =>
          world.happened
            .filter(({ step }) => step.verdict.verdict === verdict)
            .map(({ placed }) => placed.payload.kind),
        ),
      )
    expect([...reached('effective')].sort()).toEqual(Object.keys(kinds).sort())
    expect([...reached('void')].sort()).toEqual(Object.keys(kinds).sort())
    const reasons = new Set(
      worlds.flatMap(verdictsIn).flatMap((verdict) => (verdict.verdict === 'void' ? verdict.reason : [])),
    )
    expect(voidReasons.filter((reason) => !reasons.has(reason))).toEqual([])
    const all = worlds.flatMap(verdictsIn)
    expect(all.filter(({ verdict }) => verdict === 'effective').length / all.length).toBeGreaterThan(0.4)
  }, 300_000)
})
