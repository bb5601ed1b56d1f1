import { type ProblemName, problemPrefix, problemTypes } from '@tidings/client/contract'
import { ProblemError } from '../problem-error.ts'
import examples from './examples.json' with { type: 'json' }
import { fieldNames, headers, parameters, tags } from './parts.ts'

/** As much of an OpenAPI document as is worked on here. */
export interface Document {
  paths?: Record<string, Record<string, Operation>>
  components?: Record<string, Record<string, unknown>>
  tags?: unknown
  servers?: unknown
}

interface Operation {
  operationId?: string
  security?: readonly unknown[]
  parameters?: Parameter[]
  requestBody?: { content?: Record<string, Media> }
  responses?: Record<string, Answer>
  'x-problems'?: readonly ProblemName[]
}

interface Parameter {
  name?: string
  in?: string
  $ref?: string
  example?: unknown
}

interface Media {
  example?: unknown
  examples?: unknown
  schema?: unknown
}

interface Answer {
  $ref?: string
  description?: string
  headers?: Record<string, unknown>
  content?: Record<string, Media>
}

interface Example {
  readonly params?: Readonly<Record<string, unknown>>
  readonly request?: unknown
  readonly answer?: unknown
}

/** Refusals that any request may meet, whatever it asks for. */
const always: readonly ProblemName[] = [
  'malformed-request',
  'request-timeout',
  'target-too-long',
  'expectation',
  'headers-too-large',
  'too-many-requests',
  'internal',
  'busy',
]
const ofReading: readonly ProblemName[] = ['token-missing', 'token-invalid']
const ofBody: readonly ProblemName[] = ['malformed-json', 'parameters', 'media-type', 'too-large']

/**
 * Says in the document what routes need not say each for itself: every refusal that an operation may answer with, the header fields of requests and
 * answers, examples, and which operations need no token. Schemas that nothing refers to are left out.
 */
export function completeDocument(document: Document): Document {
  const operations = Object.values(document.paths ?? {}).flatMap((path) => Object.values(path))
  const shared = sharedAnswers()
  for (const operation of operations) complete(operation, shared)
  const { schemas = {}, ...components } = document.components ?? {}
  const made = { ...components, headers, parameters, responses: shared.responses, examples: shared.examples }
  return {
    ...document,
    servers: [{ url: '/', description: 'The service that this document was asked of' }],
    tags,
    components: { ...made, schemas: referredTo(schemas, [document.paths, made]) },
  }
}

/** Every problem that an operation may answer with. */
function problemsOf(operation: Operation): readonly ProblemName[] {
  const names = new Set<ProblemName>([...(operation['x-problems'] ?? []), ...always])
  const isReading = (operation.security ?? []).length > 0
  if (isReading) for (const name of ofReading) names.add(name)
  if (operation.requestBody) for (const name of ofBody) names.add(name)
  const inQueryOrPath = operation.parameters?.filter((one) => one.in === 'query' || one.in === 'path') ?? []
  if (inQueryOrPath.length > 0) names.add('parameters')
  if (inQueryOrPath.some(({ name }) => name === 'after') && operation.operationId !== 'changes')
    names.add('not-reached')
  return [...names]
}

interface Shared {
  readonly responses: Record<string, unknown>
  readonly examples: Record<string, unknown>
  /** A reference to the answer with this status that tells one of these problems. */
  refusal(status: number, names: readonly ProblemName[]): Answer
}

function complete(operation: Operation, shared: Shared): void {
  const { operationId = '' } = operation
  const example = (examples as Readonly<Record<string, Example>>)[operationId]
  const isStream = operationId === 'changes'
  const isReading = (operation.security ?? []).length > 0
  const problems = problemsOf(operation)
  delete operation['x-problems']
  operation.security ??= []
  for (const parameter of operation.parameters ?? []) {
    const value = example?.params?.[parameter.name ?? '']
    if (value !== undefined) parameter.example = value
  }
  if (isReading || operationId === 'token')
    operation.parameters = [...(operation.parameters ?? []), refTo('parameters', 'DPoP')]
  if (isReading && !isStream) {
    operation.parameters?.push(refTo('parameters', 'IfNoneMatch'), refTo('parameters', 'Prefer'))
  }
  for (const media of Object.values(operation.requestBody?.content ?? {})) media.example = example?.request
  operation.responses ??= {}
  const { responses } = operation
  for (const [status, answer] of Object.entries(responses)) {
    answer.description = status === '201' ? 'Recorded, with its receipt' : describe(status, isStream)
    answer.headers = answerHeaders({ isReading, isStream, isList: isList(operation) })
    for (const media of Object.values(answer.content ?? {})) {
      if (status !== '503') media.example = example?.answer
      if (isStream) media.schema = streamSchema
    }
  }
  if (isReading && !isStream) {
    responses['304'] = { description: 'What the reader has still holds', headers: answerHeaders({ isReading }) }
  }
  const byStatus = Map.groupBy(problems, (name) => problemTypes[name].status)
  for (const [status, names] of [...byStatus].sort(([a], [b]) => a - b)) {
    // Where a status says something else too, that stands first: readiness.
    responses[status] ??= shared.refusal(status, names.sort())
  }
}

/** OpenAPI 3.1 knows streams as text alone: what the `data` of each event holds is said as the content of that text. */
const streamSchema = {
  type: 'string',
  contentMediaType: 'text/event-stream',
  contentSchema: {
    oneOf: ['Change', 'ChangesPosition', 'ChangesEnd'].map((name) => ({ $ref: `#/components/schemas/${name}` })),
  },
}

const isList = ({ parameters: given = [] }: Operation) => given.some(({ name }) => name === 'cursor')

function describe(status: string, isStream: boolean): string {
  if (status === '503') return 'It waits for something'
  return isStream ? 'Events as they come, until the reader leaves or the token ends' : 'What was asked for'
}

function answerHeaders({ isReading = false, isStream = false, isList: paged = false }): Record<string, unknown> {
  const names: (keyof typeof headers)[] = ['RequestId', 'RateLimit', 'RateLimitPolicy']
  if (isReading) names.push('CacheControl', 'Vary')
  if (isReading && !isStream) names.push('ETag', 'PreferenceApplied')
  if (paged) names.push('Link')
  return headerFields(names)
}

function headerFields(names: readonly (keyof typeof headers)[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [fieldNames[name], refTo('headers', name)]))
}

function refTo(kind: string, name: string): { $ref: string } {
  return { $ref: `#/components/${kind}/${name}` }
}

/** Answers that tell of a problem, each made once however many operations may give it. */
function sharedAnswers(): Shared {
  const responses: Record<string, unknown> = {}
  const shown: Record<string, unknown> = {}
  const known = new Map<string, string>()
  return {
    responses,
    examples: shown,
    refusal(status, names) {
      const key = names.join(' ')
      const count = [...known.keys()].filter((one) => known.get(one)?.startsWith(`Problem${status}`)).length
      const name = known.get(key) ?? `Problem${status}${count === 0 ? '' : `-${count + 1}`}`
      if (!known.has(key)) {
        known.set(key, name)
        for (const one of names) shown[one] = { summary: problemTypes[one].title, value: exampleOf(one) }
        responses[name] = problemAnswer(status, names)
      }
      return refTo('responses', name)
    },
  }
}

function problemAnswer(status: number, names: readonly ProblemName[]) {
  const own: (keyof typeof headers)[] =
    status === 401 ? ['WwwAuthenticate'] : status === 429 || status === 503 ? ['RetryAfter'] : []
  return {
    description: names.map((name) => `\`${name}\`: ${problemTypes[name].title}`).join('\n\n'),
    headers: headerFields(['RequestId', ...own]),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            {
              type: 'object',
              properties: { type: { enum: names.map((name) => problemPrefix + name) }, status: { const: status } },
            },
          ],
        },
        examples: Object.fromEntries(names.map((name) => [name, refTo('examples', name)])),
      },
    },
  }
}

function exampleOf(name: ProblemName) {
  const { status, title } = problemTypes[name]
  const isForNow = status === 429 || status === 503
  return new ProblemError(name, { detail: `${title}.` }, isForNow ? { retryAfter: 5 } : {}).toProblem(
    '0b9a5c1e-9f0e-4f4e-8f59-8a1f0a3b7c55',
  )
}

/** The schemas that something refers to, directly or by another. */
function referredTo(schemas: Readonly<Record<string, unknown>>, roots: readonly unknown[]): Record<string, unknown> {
  const found = new Set<string>()
  const look = (value: unknown) => {
    for (const [, name = ''] of JSON.stringify(value ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (found.has(name)) continue
      found.add(name)
      look(schemas[name])
    }
  }
  for (const root of roots) look(root)
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => found.has(name)))
}
