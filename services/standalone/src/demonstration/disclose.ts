import { disclosures, drafts } from '@tidings/client'
import { otherSide, type Side, thingId } from './act.ts'
import { inventedPlace } from './burial-places.ts'
import { inventedPerson } from './persons.ts'
import { type Dated, sides, upTo, type World } from './world.ts'

/** Which burial places are shown to the other side before the requests that are answered by them. */
export const placesShown = 14

/**
 * What both sides tell without a request. The rules ask for two officers: one drafts, another releases. Most of it is received; of each side two
 * disclosures wait to be acknowledged, two to be released.
 */
export function disclose(world: World): Dated[] {
  return sides.flatMap((side) => {
    const place = (i: number) => (): disclosures.Told => ({
      site: world.thing(side, 'site', i),
      place: inventedPlace(side, i, world.year),
    })
    const person = (i: number) => (): disclosures.Told => ({
      case: world.thing(side, 'case', i),
      file: inventedPerson(side, i, world.year),
    })
    return [
      ...upTo(placesShown).flatMap((i) => tell(world, side, `place ${i}`, place(i), 14 + 3 * i, 'acknowledged')),
      ...upTo(3).flatMap((i) => tell(world, side, `person ${i}`, person(i), 36 + 9 * i, 'acknowledged')),
      ...[14, 15].flatMap((i) => tell(world, side, `place ${i}`, place(i), 80 + i, 'released')),
      ...[16, 17].flatMap((i) => tell(world, side, `place ${i}`, place(i), 84 + i, 'drafted')),
    ]
  })
}

/** Drafted by an officer; then released by the head of the commission; then acknowledged by the other side. */
function tell(
  world: World,
  side: Side,
  name: string,
  told: () => disclosures.Told,
  from: number,
  acts: 'drafted' | 'released' | 'acknowledged',
): Dated[] {
  const { mechanism, participants, cast } = world
  const [author, to] = [cast[side], cast[otherSide[side]]]
  const drafted = world.next(from)
  const key = `${side} discloses ${name}`
  const id = thingId(key, world.days.at(drafted, 0))
  const draft: Dated = {
    day: drafted,
    when: 'meanwhile',
    act: {
      key,
      by: side,
      drafted: true,
      make: () => disclosures.make({ id, mechanism, participants, author, to: [to], told: told() }),
    },
  }
  if (acts === 'drafted') return [draft]
  const released = world.next(drafted + 2)
  const release: Dated = {
    day: released,
    when: 'meanwhile',
    act: { key: `${key}, released`, by: side, make: (before) => drafts.release(before.statement(key)) },
  }
  if (acts === 'released') return [draft, release]
  const acknowledge: Dated = {
    day: world.next(released + 3),
    when: 'meanwhile',
    act: {
      key: `${key}, acknowledged`,
      by: otherSide[side],
      make: (before) => {
        const made = { id, mechanism, author, made: { statement: before.id(key) } }
        return disclosures.acknowledge(made, participants, to)
      },
    },
  }
  return [draft, release, acknowledge]
}
