import type { Fault } from '@tidings/statement'

/** A part of a request, as it is called in the fields of problems. */
export type RequestPart = 'body' | 'query' | 'params' | 'headers'

/** What a schema finds at a place of a value. */
interface Finding {
  readonly path: readonly PropertyKey[]
  readonly message: string
  /** Members that are not in the schema. */
  readonly keys?: readonly string[]
}

/**
 * The faults of a part of a request. A member that is not in the schema is told in the rule and not in the field, as in statements: fields are
 * logged, and whoever asks may have written anything in it.
 */
export function faultsOf(part: RequestPart, findings: readonly Finding[]): readonly Fault[] {
  return findings.map(({ path, message, keys }) => ({
    field: [part, ...path.map(String)].join('/'),
    rule: keys ? `has members that are not in the schema: ${keys.map((key) => key.slice(0, 40)).join(', ')}` : message,
  }))
}
