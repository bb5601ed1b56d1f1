import type { Read, TestDesk } from './test-desk.ts'
import type { TestParty, World } from './world.ts'

/** Who may play in a test, by name: role and code in the mechanism between them, or none. */
const parts = {
  a: ['commission', 'A'],
  b: ['commission', 'B'],
  /** A third commission. */
  third: ['commission', 'T'],
  mediator: ['mediator', 'M'],
  agency: ['central-agency', 'C'],
  observer: ['observer', 'O'],
  /** Takes part in nothing. */
  outsider: undefined,
} as const

/** Name of a part. */
type Part = keyof typeof parts

/** The parties of a test by their names, and the mechanism in force between those that have a role. */
export type Cast<N extends Part> = Readonly<Record<N, TestParty>> & { readonly mechanism: string }

/** Begins the parties that a test wants, and a mechanism between them: the first of them proposes it. */
export async function castOf<N extends Part>(world: World, ...names: readonly N[]): Promise<Cast<N>> {
  const made: Partial<Record<Part, TestParty>> = {}
  for (const name of names) made[name] = await world.party()
  const parties = made as Record<N, TestParty>
  const taking = names.flatMap((name) => {
    const part = parts[name as Part]
    return part ? [[parties[name], ...part] as const] : []
  })
  return { ...parties, mechanism: await world.mechanism(...taking) }
}

/** Readings of several parties by their names. */
export async function readersOf(
  desk: TestDesk,
  parties: Readonly<Record<string, TestParty>>,
): Promise<Record<string, Read>> {
  const readers: Record<string, Read> = {}
  for (const [name, party] of Object.entries(parties)) readers[name] = await desk.as(party)
  return readers
}
