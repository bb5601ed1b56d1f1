/** Stable codes of what can be wrong with a statement, in the order in which it is checked. */
export type StatementErrorCode =
  | 'statement/too-large'
  | 'statement/encoding'
  | 'statement/header'
  | 'statement/canonical-form'
  | 'statement/schema'
  | 'statement/document'
  | 'statement/key'
  | 'statement/signature'
  | 'statement/commitment'
  | 'statement/content'

/** One thing that is wrong: which field (a JSON pointer, or the name of a part), and the rule it breaks. */
export interface Fault {
  readonly field: string
  readonly rule: string
}

/**
 * Something is wrong with a statement, its document or a content. Names the first faulty field and the rule it breaks, and all of them in
 * `faults`. Never repeats the value: it may be about a person.
 */
export class StatementError extends Error {
  override name = 'StatementError'
  readonly code: StatementErrorCode
  readonly field: string
  readonly rule: string
  readonly faults: readonly Fault[]
  constructor(code: StatementErrorCode, field: string, rule: string, faults: readonly Fault[] = [{ field, rule }]) {
    super(`${field}: ${rule}`)
    this.code = code
    this.field = field
    this.rule = rule
    this.faults = faults
  }
}
