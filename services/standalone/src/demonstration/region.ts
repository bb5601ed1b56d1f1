import type { Chance } from './chance.ts'

/** A locality of a region that is nowhere. */
export interface Locality {
  /** What each side calls it. */
  readonly names: { readonly A: string; readonly B: string }
  readonly district: string
  readonly longitude: number
  readonly latitude: number
}

// The Mirna region lies in open sea, some thousand kilometres from any land: no real place is meant. Each side has names of its own for a third of it.
const localities: readonly Locality[] = [
  at('Upper Mirna', 'Upper Mirna', 'Mirna', 60.12, -30.08),
  at('Lower Mirna', 'Lower Mirna', 'Mirna', 60.15, -30.12),
  at('Taval', 'Taval', 'Taval', 60.31, -30.05),
  at('Sorun Ford', 'Sorun Crossing', 'Taval', 60.37, -30.09),
  at('Kelme', 'Kelme', 'Kelme', 60.22, -30.27),
  at('Kelme Mills', 'Seven Mills', 'Kelme', 60.25, -30.31),
  at('Old Veyra', 'Veyra', 'Veyra', 60.41, -30.22),
  at('New Veyra', 'Redemul', 'Veyra', 60.44, -30.25),
  at('Bridge of Asten', 'Bridge of Asten', 'Veyra', 60.48, -30.19),
  at('Nimre', 'Nimre', 'Nimre', 60.07, -30.21),
  at('Nimre Heights', 'Kashem', 'Nimre', 60.05, -30.24),
  at('Dorelin', 'Dorelin', 'Nimre', 60.1, -30.29),
  at('Ilosar', 'Ilosar', 'Mirna', 60.18, -30.03),
  at('Zamen', 'Three Wells', 'Taval', 60.34, -30.14),
  at('Batur', 'Batur', 'Kelme', 60.28, -30.24),
  at('Levok', 'Levok', 'Veyra', 60.52, -30.28),
]

/** One of the localities. */
export function inventedLocality(chance: Chance): Locality {
  return chance.pick(localities)
}

function at(a: string, b: string, district: string, longitude: number, latitude: number): Locality {
  return { names: { A: a, B: b }, district, longitude, latitude }
}
