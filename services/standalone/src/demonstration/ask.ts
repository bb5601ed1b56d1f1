import type { RequestFile } from '@tidings/statement'
import { otherSide, type Side } from './act.ts'
import { inventedPlace, placesKept } from './burial-places.ts'
import { chanceOf } from './chance.ts'
import { placesShown } from './disclose.ts'
import { type Life, lives } from './lives.ts'
import { eventYears, inventedPerson, lastContactOf } from './persons.ts'
import { asking, following, type InventedRequest } from './request-acts.ts'
import { type Dated, sides, upTo, type World } from './world.ts'

/** A life on days of the demonstration: of asking, and of each step. */
interface Planned {
  readonly life: Life
  readonly asked: number
  readonly later: readonly number[]
}

/** A request with the days on which its life goes on. */
export interface DatedRequest {
  readonly request: InventedRequest
  readonly asked: number
  readonly later: readonly number[]
}

/**
 * The requests of both sides, in every state of life, each side's in the order in which they are asked. Both sides' live the same lives; who is asked about
 * first among those of a day is chance.
 */
export function requestsOf(world: World): DatedRequest[] {
  const plans = lives.flatMap((life, of) =>
    upTo(Math.max(1, Math.round(life.count * world.size.part))).map((i) => planned(world, life, `${of} ${i}`)),
  )
  return sides.flatMap((side) => {
    const subjects = subjectsOf(world, side)
    const inOrder = chanceOf(`order of ${side}`)
      .shuffled(plans)
      .toSorted((one, other) => one.asked - other.asked)
    return inOrder.map(({ life, ...days }, n) => ({ request: requestOf(world, side, n, life, subjects), ...days }))
  })
}

/** The acts of all requests. */
export function ask(world: World): Dated[] {
  return requestsOf(world).flatMap(({ request, asked, later }): Dated[] => [
    { day: asked, when: 'in-order', act: asking(world, request) },
    ...following(world, request, later).map((act, i): Dated => ({ day: later[i] ?? asked, when: 'meanwhile', act })),
  ])
}

function planned(world: World, life: Life, name: string): Planned {
  const [from, until] = life.asked
  const day = chanceOf(`asked ${name}`).int(from, until)
  // What was asked in the last days has no next working day.
  const asked = life.steps.length === 0 ? world.last(day) : world.next(day)
  const later: number[] = []
  for (const { gap } of life.steps) later.push(world.next((later.at(-1) ?? asked) + gap))
  return { life, asked, later }
}

/** Cases of a side in the order in which it asks about them: those first that the other side is likeliest to know of. */
function subjectsOf({ size }: World, side: Side): readonly number[] {
  const all = chanceOf(`subjects of ${side}`).shuffled(upTo(size.cases[side]))
  const isLikely = (i: number) => ['captured', 'remained-in-area'].includes(lastContactOf(side, i))
  return [...all.filter(isLikely), ...all.filter((i) => !isLikely(i))]
}

function requestOf(world: World, side: Side, n: number, life: Life, subjects: readonly number[]): InventedRequest {
  const { year } = world
  const id = world.thing(side, 'request', n)
  const shown = n % placesShown
  const other = otherSide[side]
  return {
    id,
    key: `${side} request ${n}`,
    side,
    life,
    ...matterOf(world, side, n, life, subjects[n % subjects.length] ?? 0),
    shown: () => ({
      side: other,
      years: { from: year - eventYears.from, until: year - eventYears.until },
      burialPlace: {
        site: world.thing(other, 'site', shown),
        registerNumber: inventedPlace(other, shown, year).properties.registerNumber ?? '',
      },
    }),
  }
}

function matterOf(
  world: World,
  side: Side,
  n: number,
  life: Life,
  about: number,
): Pick<InventedRequest, 'matter' | 'subject' | 'file'> {
  switch (life.matter) {
    case 'case': {
      const subject = world.thing(side, 'case', about)
      const file = (): RequestFile => {
        const person = inventedPerson(side, about, world.year)
        return { person, ...(person.lastContact && { lastContact: person.lastContact }) }
      }
      return { matter: { type: 'case', case: subject }, subject, file }
    }
    case 'burial-place': {
      const place = n % placesKept
      const subject = world.thing(side, 'site', place)
      const file = () => ({ burialPlace: inventedPlace(side, place, world.year) })
      return { matter: { type: 'burial-place', site: subject }, subject, file }
    }
    case 'records': {
      const subject = world.thing(side, 'request', n)
      const file = () => ({ records: 'Registers of the hospital at Kelme, all years' })
      return { matter: { type: 'records' }, subject, file }
    }
    case 'group': {
      const count = 3 + (n % 6)
      const subject = world.thing(side, 'request', n)
      const file = () => ({ group: `${count} persons, last seen together at the ford` })
      return { matter: { type: 'group', count }, subject, file }
    }
  }
}
