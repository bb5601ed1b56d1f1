import { burialPlace, personFile } from '@tidings/statement'
import { z } from 'zod'

/** What the rows of a table become: case files (`case.describe`) or burial places (`site.describe`). */
export const importTargets = ['cases', 'sites'] as const
/** What the rows of a table become. */
export type ImportTarget = (typeof importTargets)[number]

/** What a field holds, and so how a cell is read into it. */
export type FieldType =
  | { readonly type: 'text'; readonly long: boolean }
  | { readonly type: 'number' }
  | { readonly type: 'date' }
  | { readonly type: 'vocabulary'; readonly words: readonly string[] }

/** The fields of a content that a column can fill, by their paths; `*` stands for a position in a list, from 0. */
export type Fields = ReadonlyMap<string, FieldType>

interface JsonSchema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, JsonSchema>>
  readonly type?: string
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly maxLength?: number
}

/** Path parts of a burial place that stand for its `geometry`: decimal degrees (RFC 7946). */
const coordinateFields = ['latitude', 'longitude'] as const

const longText = 5000

/** A schema is the one place that says what a content holds: the fields are read from it. */
export function fieldsOf(schema: z.ZodType, at: readonly string[]): Map<string, FieldType> {
  const whole = z.toJSONSchema(schema) as JsonSchema
  const found = new Map<string, FieldType>()
  const nameOf = (node: JsonSchema) => node.$ref?.split('/').at(-1)
  const resolve = (node: JsonSchema): JsonSchema => {
    const name = nameOf(node)
    return name === undefined ? node : (whole.$defs?.[name] ?? {})
  }
  const walk = (node: JsonSchema, path: string): void => {
    const here = resolve(node)
    if (nameOf(node) === 'vagueDate') found.set(path, { type: 'date' })
    else if (here.properties) {
      for (const [key, child] of Object.entries(here.properties)) walk(child, path === '' ? key : `${path}.${key}`)
    } else if (here.items) walk(here.items, `${path}.*`)
    else if (here.enum) found.set(path, { type: 'vocabulary', words: here.enum })
    else if (here.type === 'string') found.set(path, { type: 'text', long: (here.maxLength ?? 0) >= longText })
    else if (here.type === 'number' || here.type === 'integer') found.set(path, { type: 'number' })
  }
  walk(
    at.reduce<JsonSchema>((node, key) => resolve(node).properties?.[key] ?? {}, whole),
    '',
  )
  return found
}

/**
 * The fields that columns can fill. Of a burial place they are its properties, and `latitude` and `longitude`, which become its geometry.
 */
const fields: Readonly<Record<ImportTarget, Fields>> = {
  cases: fieldsOf(personFile.schema, []),
  sites: new Map([
    ...fieldsOf(burialPlace.schema, ['properties']),
    ...coordinateFields.map((name) => [name, { type: 'number' }] as const),
  ]),
}

/** Where what does not fit its field is kept as text, if the mapping says so. */
export const keptIn: Readonly<Record<ImportTarget, string>> = { cases: 'notes', sites: 'remarks' }

/** Type of the field at a path such as `names.0.given`; nothing if there is none. */
export function fieldAt(target: ImportTarget, path: string): FieldType | undefined {
  return fields[target].get(path.replaceAll(/\.\d{1,2}(?=\.|$)/g, '.*'))
}

/** The fields that the columns of a target can fill, by path. */
export function importFields(target: ImportTarget): Fields {
  return fields[target]
}

const mostNamed = 3

/** What is wrong with a path that is none of a field, with those that may be meant: what begins as it does, or ends in the same word. */
export function noField(target: ImportTarget, path: string): string {
  const last = path.split('.').at(-1)?.toLowerCase() ?? ''
  const paths = [...fields[target].keys()].map((field) => field.replaceAll('*', '0'))
  const meant = [
    ...paths.filter((field) => field.startsWith(`${path}.`)),
    ...paths.filter((field) => field.split('.').some((part) => part.toLowerCase() === last)),
  ]
  const named = [...new Set(meant)].slice(0, mostNamed)
  return `must name a field${named.length === 0 ? '' : `, such as ${named.join(' or ')}`}; docs/cli-tables.md lists them`
}

/** A regular expression for the paths of a target's fields, for the JSON Schema of a mapping. */
export function fieldPattern(target: ImportTarget): RegExp {
  const paths = [...fields[target].keys()].map((path) => path.replaceAll('.', '\\.').replaceAll('*', '\\d{1,2}'))
  return new RegExp(`^(${paths.join('|')})$`)
}
