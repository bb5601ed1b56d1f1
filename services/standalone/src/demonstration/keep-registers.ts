import { register } from '@tidings/client'
import { otherSide, type Side } from './act.ts'
import { inventedPlace, placesKept } from './burial-places.ts'
import { inventedPerson } from './persons.ts'
import { type Dated, sides, upTo, type World } from './world.ts'

// So many files are described anew after some weeks, and the list is published again.
const renewed = 20

/** The registers of both sides: case files, burial places, and the list of the missing in two versions. */
export function keepRegisters(world: World, describing: number, listing: number): Dated[] {
  const again = world.next(86)
  const listedAgain = world.next(again + 2)
  return sides.flatMap((side) => {
    const count = world.size.cases[side]
    return [
      ...upTo(count).map((i) => describesCase(world, side, i, describing)),
      list(world, side, 1, listing),
      ...upTo(placesKept).map(
        (i): Dated => ({
          day: listing,
          when: 'meanwhile',
          act: {
            key: `${side} site ${i}`,
            by: side,
            make: () => register.describeSite(inventedPlace(side, i, world.year), { id: world.thing(side, 'site', i) }),
          },
        }),
      ),
      ...upTo(Math.min(renewed, count)).map((i) =>
        describesCase(world, side, i, again, 'Read once more with the family.'),
      ),
      list(world, side, 2, listedAgain),
    ]
  })
}

function describesCase(world: World, side: Side, i: number, day: number, notes?: string): Dated {
  const { year } = world
  return {
    day,
    when: 'meanwhile',
    act: {
      key: `${side} case ${i}${notes === undefined ? '' : ' anew'}`,
      by: side,
      make: () =>
        register.describeCase(
          { ...inventedPerson(side, i, year), ...(notes !== undefined && { notes }) },
          { id: world.thing(side, 'case', i) },
        ),
    },
  }
}

function list(world: World, side: Side, version: number, day: number): Dated {
  const { cast, mechanism, size } = world
  return {
    day,
    when: 'meanwhile',
    act: {
      key: `${side} list ${version}`,
      by: side,
      make: () =>
        register.publishList({
          id: world.thing(side, 'list', 0),
          version,
          asOf: world.later(day, 0),
          cases: upTo(size.cases[side]).map((i) => world.thing(side, 'case', i)),
          mechanism,
          aud: [cast[otherSide[side]], cast.M],
        }),
    },
  }
}
