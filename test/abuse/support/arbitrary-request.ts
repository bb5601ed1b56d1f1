import fc, { type Arbitrary } from 'fast-check'

/** As much of a JSON Schema as the interface's document uses. */
interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Schema
}

interface OperationObject {
  readonly operationId?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> }
}

/** The document of an interface (OpenAPI 3.1), as far as requests are made from it. */
export interface InterfaceDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> }
}

/** A request that may fit the interface, or not. */
export interface AnyRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
  /** Whether it is to be sent with a reader's token and proof. */
  readonly authorized: boolean
}

/** One operation of the interface. */
export interface Operation {
  readonly name: string
  readonly requests: Arbitrary<AnyRequest>
}

/**
 * Every operation that the document names, with requests for it: those that fit, those that nearly fit, and those that do not.
 *
 * @param known ids of things that are there, so that some requests find what they ask for
 */
export function operationsOf(document: InterfaceDocument, known: readonly string[]): Operation[] {
  const values = valuesOf(document)
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      requests: requestsOf(method.toUpperCase(), path, operation, values, known),
    })),
  )
}

type Values = (schema: Schema) => Arbitrary<unknown>

function requestsOf(
  method: string,
  path: string,
  operation: OperationObject,
  values: Values,
  there: readonly string[],
): Arbitrary<AnyRequest> {
  const named = (place: Parameter['in']) =>
    fc.record(
      Object.fromEntries(
        (operation.parameters ?? [])
          .filter((parameter) => parameter.in === place)
          .map((parameter) => [parameter.name, parameterOf(parameter, values, there)]),
      ),
      { requiredKeys: [] },
    ) as Arbitrary<Record<string, string>>
  const strange = fc.dictionary(word, anyText, { maxKeys: 2 })
  return fc
    .record({
      inPath: named('path'),
      inQuery: named('query'),
      inHeader: named('header').map(printable),
      strangeQuery: sometimes(strange, {}),
      strangeHeader: sometimes(fc.dictionary(word, headerValue, { maxKeys: 3 }), {}),
      known: sometimes(fc.dictionary(fc.constantFrom(...knownFields), headerValue, { maxKeys: 2 }), {}),
      body: operation.requestBody ? bodies(operation.requestBody.content, values) : fc.constant(undefined),
      authorized: fc.boolean(),
    })
    .map(({ inPath, inQuery, inHeader, strangeQuery, strangeHeader, known, body, authorized }) => {
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(inPath[name] ?? 'x'))
      const query = new URLSearchParams({ ...strangeQuery, ...inQuery }).toString()
      return {
        method,
        path: query === '' ? filled : `${filled}?${query}`,
        headers: {
          ...(body && { 'content-type': body.mediaType }),
          ...lowerCased(strangeHeader),
          ...known,
          ...inHeader,
          ...(body?.encoding !== undefined && { 'content-encoding': body.encoding }),
        },
        ...(body && { body: body.bytes }),
        authorized,
      }
    })
}

// Fields that the service or its HTTP server look at. Those that say where a request ends are tried with bytes on the line.
const knownFields = [
  'authorization',
  'dpop',
  'accept',
  'accept-encoding',
  'content-type',
  'content-encoding',
  'if-none-match',
  'if-modified-since',
  'range',
  'last-event-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'forwarded',
  'upgrade',
  'cookie',
  'origin',
]
const word = fc.stringMatching(/^[a-z][a-z-]{0,12}$/)
const anyText = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constant('x'.repeat(1500)),
)
const headerValue = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    '',
    '*',
    'DPoP x',
    'Bearer x',
    'bytes=0-0',
    'W/"1"',
    'eyJ.eyJ.x',
    '-1',
    '0',
    'gzip',
    'x'.repeat(3000),
  ),
)

function sometimes<T>(arbitrary: Arbitrary<T>, otherwise: T): Arbitrary<T> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary })
}

/** Without what an HTTP client does not let through; bytes on the line are tried apart. */
function printable(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value.replaceAll(/[^\x20-\x7e]/g, '')]),
  )
}

function lowerCased(fields: Record<string, string>): Record<string, string> {
  // What keeps the connection, or says where the request ends, is for the HTTP client to write.
  const own = ['host', 'connection', 'expect', 'content-length', 'transfer-encoding', 'te', 'trailer']
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !own.includes(name)))
}

function parameterOf(
  { name, schema, in: place }: Parameter,
  values: Values,
  there: readonly string[],
): Arbitrary<string> {
  const fitting = values(schema).map(String)
  // To wait for a leaf that is not there takes ten seconds; one try of it is enough.
  if (name === 'after')
    return fc.oneof(
      { weight: 60, arbitrary: fc.constantFrom('0', '1', '-1', 'x', '') },
      { weight: 1, arbitrary: fitting },
    )
  const found = place === 'path' ? fc.constantFrom(...there) : fitting
  return fc.oneof({ weight: 2, arbitrary: fitting }, { weight: 2, arbitrary: found }, { weight: 1, arbitrary: anyText })
}

interface AnyBody {
  readonly mediaType: string
  readonly bytes: Buffer
  readonly encoding?: string
}

function bodies(content: Readonly<Record<string, { readonly schema?: Schema }>>, values: Values): Arbitrary<AnyBody> {
  const fitting = fc.oneof(
    ...Object.entries(content).map(([mediaType, { schema = {} }]) =>
      fc.oneof(values(schema), fc.jsonValue({ maxDepth: 4 }), deep).map((value) => ({
        mediaType,
        bytes: Buffer.from(written(mediaType, value)),
      })),
    ),
  )
  const spoilt = fc
    .record({
      body: fitting,
      at: fc.nat(),
      how: fc.constantFrom('cut', 'byte', 'twice', 'type', 'encoding', 'huge', 'none'),
    })
    .map(({ body, at, how }): AnyBody => {
      const { bytes, mediaType } = body
      const place = bytes.length === 0 ? 0 : at % bytes.length
      switch (how) {
        case 'cut':
          return { mediaType, bytes: bytes.subarray(0, place) }
        case 'byte': {
          const changed = Buffer.from(bytes)
          if (changed.length > 0) changed[place] = at % 256
          return { mediaType, bytes: changed }
        }
        case 'twice':
          return { mediaType, bytes: Buffer.concat([bytes, bytes]) }
        case 'type':
          return { mediaType: ['text/plain', 'application/xml', 'multipart/form-data', 'x', ''][at % 5] ?? '', bytes }
        case 'encoding':
          return { mediaType, bytes, encoding: ['gzip', 'br', 'identity', 'x'][at % 4] ?? '' }
        case 'huge':
          return { mediaType, bytes: Buffer.alloc(3 * 1024 * 1024, bytes.length > 0 ? bytes : 'x') }
        default:
          return { mediaType, bytes: Buffer.alloc(0) }
      }
    })
  return fc.oneof({ weight: 2, arbitrary: fitting }, { weight: 1, arbitrary: spoilt })
}

const deep = fc.constantFrom('[', '{"a":').map((open) => ({ toJSON: () => undefined, text: open.repeat(20_000) }))

/** A value in the form that a media type asks for. */
function written(mediaType: string, value: unknown): string {
  if (typeof value === 'object' && value !== null && 'text' in value && 'toJSON' in value) return String(value.text)
  if (mediaType.includes('urlencoded')) {
    const fields = typeof value === 'object' && value !== null ? Object.entries(value) : [['x', value]]
    return new URLSearchParams(fields.map(([name, field]) => [String(name), String(field)])).toString()
  }
  if (mediaType.includes('ndjson') || mediaType.includes('jsonl')) {
    return (Array.isArray(value) ? value : [value, value]).map((line) => JSON.stringify(line)).join('\n')
  }
  return JSON.stringify(value) ?? ''
}

function valuesOf({ components }: InterfaceDocument): Values {
  const named = new Map<string, Arbitrary<unknown>>()
  const values: Values = (schema) => {
    if (schema.$ref !== undefined) {
      const { $ref } = schema
      // Made when it is asked for: schemas may name themselves.
      return fc.constant(0).chain(() => {
        const known = named.get($ref)
        if (known) return known
        const made = values(components?.schemas?.[$ref.replace('#/components/schemas/', '')] ?? {})
        named.set($ref, made)
        return made
      })
    }
    if (schema.const !== undefined) return fc.constant(schema.const)
    if (schema.enum) return fc.constantFrom(...schema.enum)
    const choices = schema.anyOf ?? schema.oneOf
    if (choices) return fc.oneof(...choices.map(values))
    if (schema.allOf) {
      return fc.tuple(...schema.allOf.map(values)).map((parts) => Object.assign({}, ...parts) as unknown)
    }
    const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0]
    switch (type) {
      case 'string':
        return textsOf(schema)
      case 'integer':
      case 'number':
        return fc.oneof(
          fc.integer({ min: schema.minimum ?? -5, max: Math.max(schema.maximum ?? 1000, schema.minimum ?? 0) }),
          fc.double(),
        )
      case 'boolean':
        return fc.boolean()
      case 'array':
        return fc.array(values(schema.items ?? {}), { maxLength: 3 })
      case 'object': {
        const members = Object.entries(schema.properties ?? {}).map(([name, member]) => [name, values(member)] as const)
        // Now and then without what is required.
        return fc.oneof(
          {
            weight: 4,
            arbitrary: fc.record(Object.fromEntries(members), { requiredKeys: [...(schema.required ?? [])] }),
          },
          { weight: 1, arbitrary: fc.record(Object.fromEntries(members), { requiredKeys: [] }) },
        )
      }
      default:
        return fc.jsonValue({ maxDepth: 2 })
    }
  }
  return values
}

function textsOf({ pattern, minLength = 0, maxLength = 60 }: Schema): Arbitrary<string> {
  if (pattern !== undefined) {
    try {
      return fc.stringMatching(new RegExp(pattern))
    } catch {
      // A pattern that strings cannot be made from: look-aheads and the like.
    }
  }
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 200)) })
}
