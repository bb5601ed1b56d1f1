import type { BurialPlace, PersonFile } from '@tidings/statement'
import type { Cell } from './cell.ts'

/** What a row becomes. */
export type RowContent = PersonFile | BurialPlace

/** What is wrong with a row: the column (empty if it is the row as a whole), and the rule that it breaks. Never repeats the value. */
export interface Fault {
  readonly column: string
  readonly rule: string
}

/** What comes of a row. Every row of a table comes to exactly one of these. */
export type RowOutcome =
  | { readonly outcome: 'ready'; readonly row: number; readonly key: string; readonly content: RowContent }
  /** Its key is that of an earlier row of the same table, which stands. */
  | {
      readonly outcome: 'repeated'
      readonly row: number
      readonly key: string
      readonly of: number
    }
  | {
      readonly outcome: 'refused'
      readonly row: number
      readonly faults: readonly Fault[]
      /** The row as it stands, for {@link refusedTable}. */
      readonly cells: readonly Cell[]
      readonly surplus: readonly Cell[]
    }
