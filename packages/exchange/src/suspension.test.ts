import type { StreamPrefix } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { clockwork } from './clock/index.ts'
import { step } from './fold.ts'
import { sayAll } from './spec/given.ts'
import { mechanismOf, party, rulesOf, thing } from './spec/index.ts'
import { World } from './spec/world.ts'
import type { RequestThing, StreamState } from './state.ts'

const [a, m] = [party('A'), party('M')]
const mechanism = `mechanism-${thing('MECH')}` as const
const timeOf = (leaf: number) => Date.UTC(2031, 2, 3, 9) / 1000 + leaf
const daysLater = (days: number) => (leaf: number) => timeOf(leaf) + days * 86_400

/** A mechanism in which A has asked B, and B answered nothing: two questions each time, so three duties. */
function worldOf(requests: number): World {
  const world = new World()
  const rules = {
    periods: { acknowledge: { n: 5, unit: 'calendar-days' }, reply: { n: 30, unit: 'calendar-days' } },
  } as const
  sayAll(world, [mechanismOf(['A', 'B', 'M']), rulesOf({ ...rules, count: { roll: false } })])
  for (let i = 0; i < requests; i++) sayAll(world, a.submits(`R${i}`, ['fate', 'remains'], 'B'))
  return world
}

const statesIn = (world: World, requests: number): readonly StreamState<'request'>[] =>
  Array.from({ length: requests }, (_, i) => world.exchange.stateOf<'request'>(`request-${thing(`R${i}`)}`))

const dutiesIn = (states: readonly StreamState<'request'>[]) =>
  states.flatMap(({ thing }) => (thing as RequestThing).owed)

/** The same value, which counts how often something in it is looked at or put there. */
function watched<T extends object>(value: T, count: () => void): T {
  const seen = new WeakMap<object, object>()
  const watch = (one: unknown): unknown => {
    if (typeof one !== 'object' || one === null) return one
    const before = seen.get(one)
    if (before) return before
    const proxy = new Proxy(one, {
      get(target, member) {
        count()
        return watch(Reflect.get(target, member))
      },
      has(target, member) {
        count()
        return Reflect.has(target, member)
      },
      ownKeys(target) {
        count()
        return Reflect.ownKeys(target)
      },
      set(target, member, to) {
        count()
        return Reflect.set(target, member, to)
      },
    })
    seen.set(one, proxy)
    return proxy
  }
  return watch(value) as T
}

/** How much the fold looks at to suspend a mechanism of so many requests, and to resume it. */
function workOf(requests: number) {
  const world = worldOf(requests)
  let looks = 0
  const look = () => {
    looks++
  }
  const asked = new Set<string>()
  const { standing } = world.exchange
  const watching = {
    party: (id: string) => {
      asked.add('party')
      const found = standing.party(id)
      return found && watched(found, look)
    },
    mechanism: (id: string) => {
      asked.add('mechanism')
      const found = standing.mechanism(id)
      return found && watched(found, look)
    },
  }
  const steps = [m.suspends(), m.resumes()].map((act) => {
    looks = 0
    const { payload, kid } = act.say(world)
    const state = world.exchange.stateOf(mechanism as `${StreamPrefix}-${string}`)
    const placed = { leaf: world.leaf, id: `statement ${world.leaf}`, kid, payload }
    const { verdict } = step(watching, watched(state, look), placed)
    const during = looks
    world.place(act)
    return { verdict: verdict.verdict, looks: during }
  })
  return { steps, asked: [...asked].toSorted() }
}

describe('a suspension over many duties', () => {
  const many = 400

  it('makes one step, in the mechanism: the state of no request is touched, and no duty', () => {
    const world = worldOf(many)
    const before = statesIn(world, many)
    const duties = dutiesIn(before)
    expect(duties).toHaveLength(many * 3)
    const asItWas = JSON.stringify(before)
    sayAll(world, [m.suspends()])
    expect(world.happened.at(-1)?.step.state.stream).toBe(mechanism)
    const after = statesIn(world, many)
    expect(after.every((state, i) => state === before[i])).toBe(true)
    expect(dutiesIn(after).every((duty, i) => duty === duties[i])).toBe(true)
    expect(JSON.stringify(after)).toBe(asItWas)
  })

  it('costs the fold the same whatever number of duties is open, and so does the resumption', () => {
    const [few, more] = [workOf(4), workOf(many)]
    expect(few.steps.map(({ verdict }) => verdict)).toEqual(['effective', 'effective'])
    expect(few.steps.every(({ looks }) => looks > 20)).toBe(true)
    expect(more).toEqual(few)
    expect(more.asked).toEqual(['party'])
  })

  it('moves every date all the same, when it is read', () => {
    const world = worldOf(many)
    const [submitted] = statesIn(world, many)
    const dueOf = (atLeaf: number, time: (leaf: number) => number) => {
      const thing = world.exchange.stateOf<'mechanism'>(mechanism).thing
      if (!thing) throw new Error('there is no mechanism')
      const clocks = clockwork(thing, time)
      const readings = dutiesIn(statesIn(world, many)).map((duty) => clocks.readingOf(duty, { atLeaf }))
      return [...new Set(readings.map(({ state, due }) => `${state} ${due}`))].toSorted()
    }
    const opened = world.leaf - 1
    expect(dueOf(opened, timeOf)).toEqual(['running 2031-03-08', 'running 2031-04-02'])
    // Suspended two days after, resumed on the fifth day of the suspension.
    const since = world.leaf
    const later = (leaf: number) => (leaf > since ? daysLater(6) : leaf === since ? daysLater(2) : timeOf)(leaf)
    sayAll(world, [m.suspends()])
    expect(dueOf(since, later)).toEqual(['paused undefined'])
    sayAll(world, [m.resumes()])
    expect(dueOf(since + 1, later)).toEqual(['running 2031-03-13', 'running 2031-04-07'])
    // Nothing was written for it.
    expect(statesIn(world, many)[0]).toBe(submitted)
  })
})
