import type { BurialPlace } from '@tidings/statement'
import { type Chance, chanceOf } from './chance.ts'
import { eventYears } from './persons.ts'
import { inventedLocality } from './region.ts'
import { vagueDate } from './vague-dates.ts'

/** How many burial places each side keeps. */
export const placesKept = 30
/** Of so many of them both sides know, and each describes them in its own way. */
const placesKnownToBoth = 10

const kinds = [
  'single grave',
  'several single graves',
  'mass grave',
  'unmarked graves in a cemetery',
  'surface remains',
  'well or shaft',
  'not known',
]
const spots = [
  'east of the road',
  'by the old school',
  'at the river bend',
  'below the mill',
  'behind the wall of the cemetery',
]
const statuses = ['reported, not visited', 'visited, marked', 'partly exhumed', 'exhumed', 'not accessible']
const hazards = ['uncleared mines', 'unstable ground', 'flooded in spring']
const metresPerDegree = 111_320

/** The i-th burial place in the register of a side, in a world whose first start lies in a year. */
export function inventedPlace(side: 'A' | 'B', i: number, year: number): BurialPlace {
  // What both sides know of is one place; what each makes of it is its own.
  const truth = chanceOf(i < placesKnownToBoth ? `burial place ${i}` : `burial place ${side} ${i}`)
  const locality = inventedLocality(truth)
  const spot = truth.pick(spots)
  const [longitude, latitude] = [
    locality.longitude + truth.int(-90, 90) / 10_000,
    locality.latitude + truth.int(-90, 90) / 10_000,
  ]
  const buried = truth.weighted([
    [4, 1],
    [3, truth.int(2, 6)],
    [2, truth.int(7, 40)],
  ])
  const kind = kinds[i % kinds.length] ?? 'not known'
  const told = chanceOf(`description by ${side} ${i}`)
  const counted = told.in100(55) ? buried : Math.max(1, buried + told.int(-2, 3))
  const status = told.pick(statuses)
  const moved = told.int(-40, 40) / 10_000
  return {
    type: 'Feature',
    ...geometry(told, i, [longitude + moved, latitude + told.int(-30, 30) / 10_000]),
    properties: {
      registerNumber: `${side}-${String(i + 1).padStart(3, '0')}`,
      names: [`${locality.names[side]}, ${spot}`],
      kind: told.in100(80) ? kind : 'not known',
      status,
      established: vagueDate(told, year - eventYears.from, year - eventYears.until),
      persons: {
        ...(told.in100(85) && { buried: counted }),
        ...(status.endsWith('exhumed') && { exhumed: status === 'exhumed' ? counted : Math.ceil(counted / 2) }),
      },
      locality: locality.names[side],
      county: locality.district,
      stateProvince: 'Mirna region (invented)',
      ...precision(told, i),
      ...(told.in100(25) && { hazard: told.pick(hazards) }),
      source: told.pick([
        'As told by two inhabitants',
        'Register of the district, copied',
        'Field visit',
        'Old aerial photograph',
      ]),
    },
  }
}

type Position = readonly [longitude: number, latitude: number]
const rounded = ([longitude, latitude]: Position): [number, number] => [
  Math.round(longitude * 100_000) / 100_000,
  Math.round(latitude * 100_000) / 100_000,
]

/** A point; of some an outline or a line, of some nothing. */
function geometry(chance: Chance, i: number, [x, y]: Position): Pick<BurialPlace, 'geometry'> {
  const side = chance.int(8, 40) / metresPerDegree
  const corner = (dx: number, dy: number) => rounded([x + dx * side, y + dy * side])
  if (i % 10 === 3) return { geometry: null }
  if (i % 10 === 6)
    return {
      geometry: {
        type: 'Polygon',
        coordinates: [[corner(0, 0), corner(2, 0), corner(2, 1), corner(0, 1), corner(0, 0)]],
      },
    }
  if (i % 10 === 8) return { geometry: { type: 'LineString', coordinates: [corner(0, 0), corner(3, 1)] } }
  return { geometry: { type: 'Point', coordinates: rounded([x, y]) } }
}

/** How exactly a place is known: all four ways come, with the words of whoever told it. */
function precision(chance: Chance, i: number): Partial<BurialPlace['properties']> {
  if (i % 10 === 3) {
    const verbatimLocality = chance.pick([
      'Half a day on foot from the bridge',
      'Where the two streams meet; not found since',
    ])
    return { coordinatePrecision: 'unknown', verbatimLocality }
  }
  const known = (['exact', 'approximate', 'representative', 'approximate'] as const)[chance.int(0, 3)] ?? 'approximate'
  const metres = {
    exact: chance.int(3, 10),
    approximate: chance.int(5, 60) * 10,
    representative: chance.int(1, 5) * 1000,
  }[known]
  return {
    geodeticDatum: 'WGS84',
    coordinatePrecision: known,
    coordinateUncertaintyInMeters: metres,
    ...(chance.in100(20) && { verbatimCoordinates: `sheet ${chance.int(10, 99)}, square ${chance.int(1, 24)}` }),
  }
}
