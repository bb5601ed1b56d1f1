import type { Verdict } from '../index.ts'
import type { Act } from './world.ts'
import { World } from './world.ts'

/** Acts of a spec: one, several, or some that depend on what has been said. */
export type Said = Act | readonly Said[] | ((world: World) => Said)

/** What a spec expects: it looks at the world, and at the verdicts on what was said last. */
export type Expectation = (world: World, verdicts: readonly Verdict[]) => void

export function sayAll(world: World, said: Said): Verdict[] {
  if (typeof said === 'function') return sayAll(world, said(world))
  if ('say' in said) return [world.place(said)]
  return said.flatMap((one) => sayAll(world, one))
}

function worldAfter(before: readonly Said[]): World {
  const world = new World()
  sayAll(world, before).forEach((verdict, i) => {
    if (verdict.verdict !== 'void') return
    throw new Error(`given ${world.happened[i]?.placed.payload.kind} is void: ${JSON.stringify(verdict)}`)
  })
  return world
}

/**
 * What a spec holds for given, said anew for each `when`. Void statements do not belong here: they would make a given that is none.
 *
 * The ending is not called `then`: `await` would take the spec for a promise, and a forgotten ending for a passed test.
 */
export function given(...before: readonly Said[]) {
  return {
    /** Then this is said. */
    when(...said: readonly Said[]) {
      const world = worldAfter(before)
      const verdicts = sayAll(world, said)
      return {
        /** Then this is so. */
        thenExpect(...expected: readonly Expectation[]) {
          for (const expectation of expected) expectation(world, verdicts)
        },
      }
    },
    /** This is so already. */
    thenExpect(...expected: readonly Expectation[]) {
      const world = worldAfter(before)
      for (const expectation of expected) expectation(world, [])
    },
  }
}

/** A spec that begins with nothing said. */
export function when(...said: readonly Said[]) {
  return given().when(...said)
}

/** The same statement, recorded once more. */
export function again(name: string): Act {
  return { say: (world) => world.named(name).placed }
}
