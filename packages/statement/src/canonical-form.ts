import canonicalize from 'canonicalize'
import { z } from 'zod'
import { textOf, utf8 } from './encoding.ts'
import { type Fault, StatementError, type StatementErrorCode } from './errors.ts'

/**
 * The one canonical form of a JSON value (JCS, RFC 8785), as UTF-8 bytes.
 *
 * Callers validate first: the form is defined for I-JSON only.
 *
 * @throws {StatementError} `statement/canonical-form` if the value has none
 */
export function canonicalForm(value: unknown): Uint8Array<ArrayBuffer> {
  let text: string | undefined
  try {
    text = canonicalize(value)
  } catch {
    // Numbers that are not finite, lone surrogates, values that contain themselves.
  }
  if (text === undefined) {
    throw new StatementError('statement/canonical-form', 'value', 'must be a JSON value')
  }
  return utf8(text)
}

/**
 * The JSON value of bytes that are in their canonical form. Duplicate members, other orders, white space and other spellings of numbers or
 * strings all fail here, so that one value has one spelling.
 *
 * @throws {StatementError} `statement/canonical-form`, or `statement/encoding` if the bytes are not UTF-8
 */
export function parseCanonical(bytes: Uint8Array, field: string): unknown {
  const text = textOf(bytes, field)
  let value: unknown
  let isCanonical: boolean
  try {
    value = JSON.parse(text)
    isCanonical = isPlainlyCanonical(value, text) || canonicalize(value) === text
  } catch {
    throw new StatementError('statement/canonical-form', field, 'must be JSON')
  }
  if (!isCanonical) {
    throw new StatementError('statement/canonical-form', field, 'must be in its canonical form (JCS, RFC 8785)')
  }
  return value
}

/**
 * Whether a text is the canonical form of the value that was parsed from it, as far as that is seen without sorting anything: it is what ECMAScript
 * writes for the value (RFC 8785 section 3.2.2 leaves numbers and strings to it), and the members stand in order. No for a text that is not, or that has
 * to be looked at more closely, such as one with a lone surrogate, which ECMAScript would write and the form refuses.
 */
function isPlainlyCanonical(value: unknown, text: string): boolean {
  return JSON.stringify(value) === text && isInOrder(value) && !text.includes('\\ud')
}

/** Whether the members of all objects in a value stand in the order of their UTF-16 code units. */
function isInOrder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isInOrder)
  let before: string | undefined
  for (const name of Object.keys(value)) {
    if (before !== undefined && name <= before) return false
    if (!isInOrder(value[name as keyof typeof value])) return false
    before = name
  }
  return true
}

function pointerPart(part: PropertyKey): string {
  return `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

const compiled = new WeakMap<z.ZodType, z.ZodType>()

/**
 * The same schema as one function of JavaScript, which says the same some times as fast; made when it is first asked for. Not where the program has said that
 * no functions are to be made (`z.config({ jitless: true })`), as in pages whose content security policy forbids it and reports the attempt.
 */
function compiledOf<T>(schema: z.ZodType<T>): z.ZodType<T> {
  const known = compiled.get(schema) as z.ZodType<T> | undefined
  if (known) return known
  const made = z.config().jitless === true ? schema : z.compile(schema)
  compiled.set(schema, made)
  return made
}

/**
 * Checks a value against a schema, and names every faulty field by its JSON pointer (RFC 6901); the empty pointer is the whole value.
 *
 * @throws {StatementError} with the code given
 */
export function checkSchema<T>(schema: z.ZodType<T>, value: unknown, code: StatementErrorCode, at = ''): T {
  const result = compiledOf(schema).safeParse(value)
  if (result.success) return result.data
  const faults: Fault[] = result.error.issues.map((issue) => ({
    field: `${at}${issue.path.map(pointerPart).join('')}`,
    rule:
      issue.code === 'unrecognized_keys'
        ? `has members that are not in the schema: ${issue.keys.map((key) => key.slice(0, 40)).join(', ')}`
        : issue.message,
  }))
  const first = faults[0] ?? { field: at, rule: 'does not fit the schema' }
  throw new StatementError(code, first.field, first.rule, faults)
}
