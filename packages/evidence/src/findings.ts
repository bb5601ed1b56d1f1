import type { Verdict } from '@tidings/exchange'
import type { Statement } from '@tidings/statement'
import type { Checkpoint } from '@tidings/transparency'

/** What evidence can prove. */
export type ProvenCode =
  | 'recorded'
  | 'time-by-operator'
  | 'signed'
  | 'keys-recorded'
  | 'document-bound'
  | 'content-opened'
  | 'void-by-key'
  | 'verdict-as-shown'

/** What evidence of this form cannot prove, or what was not handed in. */
export type UnprovenCode =
  | 'no-key-statement-left-out'
  | 'no-statement-left-out'
  | 'independent-time'
  | 'same-log-for-all'
  | 'effective'
  | 'document-not-shown'
  | 'content-not-shown'

/** One thing that was found: a closed code for programs, a plain sentence for people. */
export interface Finding<C extends string> {
  readonly code: C
  readonly sentence: string
}

/** What evidence shows of a statement, and what it does not. */
export interface Findings {
  readonly statement: Statement
  /** Its index in the log. */
  readonly leaf: number
  /** The checkpoint under which it was proven: whoever relies on it should keep it. */
  readonly checkpoint: Checkpoint
  readonly proven: readonly Finding<ProvenCode>[]
  readonly notProven: readonly Finding<UnprovenCode>[]
  /** Its verdict, as far as the statements handed in show: when its streams were handed in, or when its key did not count. */
  readonly verdict?: Verdict
}
