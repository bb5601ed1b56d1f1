import type { BurialPlace, PersonFile } from '@tidings/statement'

// Names that no register holds: syllables put together by a rule. Any likeness is chance.
const starts = ['Ar', 'Be', 'Dor', 'El', 'Ga', 'Ilo', 'Ka', 'Le', 'Mi', 'Nor', 'Or', 'Sa', 'Te', 'Vel', 'Ya', 'Zo']
const middles = ['ba', 'den', 'ka', 'lis', 'man', 'ne', 'ra', 'sha', 'ti', 'vo']
const ends = ['n', 'r', 's', 'l', 'k', 'd']
const families = ['ande', 'ovar', 'elin', 'asti', 'ume', 'irak', 'osen']
const places = ['Upper Mirna', 'Lower Mirna', 'Taval', 'Sorun Ford', 'Kelme', 'Old Veyra', 'Bridge of Asten', 'Nimre']
const districts = ['Mirna', 'Taval', 'Kelme', 'Veyra']

const pick = <T>(items: readonly T[], i: number): T => items[((i % items.length) + items.length) % items.length] as T

function name(i: number): string {
  return `${pick(starts, i * 7)}${pick(middles, i * 3 + 1)}${pick(ends, i)}`
}

/** The file of the i-th invented person of a side: the rule is the same for both sides. */
export function inventedPerson(side: string, i: number): PersonFile {
  const n = i + (side === 'A' ? 0 : 101)
  const year = 1991 + (n % 4)
  const given = name(n)
  const family = `${pick(starts, n * 5 + 2)}${pick(families, n)}`
  const month = String((n % 12) + 1).padStart(2, '0')
  const vague = n % 3 === 0 ? { edtf: `${year}~`, verbatim: `around ${year}` } : { edtf: `${year}-${month}` }
  return {
    fileNumber: `${side}/${String(i + 1).padStart(4, '0')}`,
    names: [{ given, family, patronymic: `${name(n + 40)}`, script: 'Latn', use: 'as-recorded' }],
    sex: n % 5 === 0 ? 'female' : 'male',
    birth: { date: { edtf: String(1930 + ((n * 11) % 45)) }, place: { locality: pick(places, n + 3) } },
    ...(n % 2 === 0 && { service: { status: n % 4 === 0 ? ('civilian' as const) : ('military' as const) } }),
    lastContact: {
      category: pick(['captured', 'remained-in-area', 'other', 'unknown'] as const, n),
      date: vague,
      place: { locality: pick(places, n), district: pick(districts, n) },
    },
  }
}

/** The i-th invented burial place of a side. */
export function inventedPlace(side: string, i: number): BurialPlace {
  const n = i + (side === 'A' ? 0 : 3)
  const precise = i % 2 === 0
  return {
    type: 'Feature',
    geometry: precise ? { type: 'Point', coordinates: [round(11.2 + n * 0.037), round(0.4 + n * 0.021)] } : null,
    properties: {
      registerNumber: `${side}-${String(i + 1).padStart(3, '0')}`,
      names: [`${pick(places, n)}, ${pick(['east of the road', 'by the old school', 'at the river'], n)}`],
      kind: pick(['single grave', 'several graves', 'not known'], n),
      established: { edtf: `${1991 + (n % 4)}~`, verbatim: `around ${1991 + (n % 4)}` },
      persons: { buried: (n % 5) + 1 },
      locality: pick(places, n),
      county: pick(districts, n),
      ...(precise
        ? {
            geodeticDatum: 'WGS84',
            coordinateUncertaintyInMeters: 50 * (i + 1),
            coordinatePrecision: 'approximate' as const,
          }
        : { coordinatePrecision: 'unknown' as const, verbatimLocality: 'As told by two inhabitants; not visited' }),
    },
  }
}

const round = (x: number) => Math.round(x * 10_000) / 10_000
