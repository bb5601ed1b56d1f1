import type { TableRow } from './table.ts'

/** The rule that a row breaks which has more or fewer cells than the header. */
export function raggedRule(ragged: NonNullable<TableRow['ragged']>, width: number): string {
  const count = 'missing' in ragged ? width - ragged.missing : width + ragged.surplus.length
  return `must have ${width} cells as the header has, has ${count}: check delimiters and quotes`
}
