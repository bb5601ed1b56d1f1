/**
 * Generates what is published about the formats and the interface, from the code that checks them. Committed, so that a change of format shows in
 * a review; `--check` fails when what is committed is not what the code says.
 *
 *     node schemas/generate.ts
 *     node schemas/generate.ts --check
 *
 * The schemas tell the shape. Rules across members (a party id is the hash of its inception, nobody is named twice) stand in
 * `docs/formats.md`: JSON Schema cannot say them.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as contract from '@tidings/client/contract'
import { mappingSchema } from '@tidings/client/import'
import { createLogger } from '@tidings/service-kit'
import { startStandalone } from '@tidings/service-standalone'
import { contentTypes, documentTypes, kinds } from '@tidings/statement'
import { z } from 'zod'

/** What is generated: a file below this folder, and how its JSON value is made. */
interface Output {
  readonly file: string
  make(): Promise<unknown> | unknown
}

const folder = dirname(fileURLToPath(import.meta.url))

/** JSON Schema 2020-12 of a schema of ours. Its `$id` is a name, not an address. */
function jsonSchema(name: string, schema: z.ZodType, about: { readonly mediaType?: string } = {}): unknown {
  const { $schema, $ref, $defs = {}, ...inline } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' })
  // A schema with a name of its own is written as a reference to itself: put it where a reader looks.
  const own = $ref?.replace('#/$defs/', '')
  const { [own ?? '']: self, ...others } = $defs
  return {
    $schema,
    $id: `urn:tidings:schema:${name}`,
    ...(about.mediaType && { $comment: about.mediaType }),
    ...inline,
    ...self,
    ...(Object.keys(others).length > 0 && { $defs: others }),
  }
}

const kebab = (name: string) => name.replace(/[a-z](?=[A-Z])/g, (letter) => `${letter}-`).toLowerCase()

/** Name of a schema, as its `meta` gives it. */
function nameOf(schema: z.ZodType): string {
  const id = z.globalRegistry.get(schema)?.id
  if (id === undefined) throw new TypeError('a published schema needs an id in its meta')
  return kebab(id)
}

const statements: Output[] = Object.values(kinds).map(({ kind, payload }) => ({
  file: `statements/${kind}.json`,
  make: () => jsonSchema(`statements/${kind}`, payload),
}))

function byMediaType(under: string, types: Readonly<Record<string, { readonly schema: z.ZodType }>>): Output[] {
  return Object.entries(types).map(([mediaType, { schema }]) => {
    const name = `${under}/${nameOf(schema)}`
    return { file: `${name}.json`, make: () => jsonSchema(name, schema, { mediaType }) }
  })
}

// Whatever the contract exports as a schema with a name of its own.
const api: Output[] = Object.values(contract)
  .filter((value): value is typeof value & z.ZodType => value instanceof z.ZodType)
  .filter((schema) => z.globalRegistry.get(schema)?.id !== undefined)
  .map((schema) => {
    const name = `api/${nameOf(schema)}`
    return { file: `${name}.json`, make: () => jsonSchema(name, schema) }
  })

/** The interface as the service itself describes it: one is started for a moment, on a folder that is gone afterwards. */
async function openApi(): Promise<unknown> {
  const data = await mkdtemp(join(tmpdir(), 'tidings-openapi-'))
  try {
    const configuration = { port: 0, host: '127.0.0.1', data, empty: true, logLevel: 'silent', rebuild: false } as const
    await using service = await startStandalone(configuration, createLogger('silent'))
    return await (await fetch(`${service.url}/openapi.json`)).json()
  } finally {
    await rm(data, { recursive: true })
    await rm(`${data}.guard`)
  }
}

/** Everything that is generated. */
const outputs: readonly Output[] = [
  ...statements,
  ...byMediaType('documents', documentTypes),
  ...byMediaType('contents', contentTypes),
  ...api,
  { file: 'import-mapping.json', make: () => jsonSchema('import-mapping', mappingSchema) },
  { file: 'openapi.json', make: openApi },
]

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const generated = new Map<string, string>()
for (const { file, make } of outputs) generated.set(file, `${JSON.stringify(await make(), null, 2)}\n`)
if (generated.size < outputs.length) throw new TypeError('two outputs have the same file')
for (const [file, text] of generated) {
  const { $defs = {} } = JSON.parse(text)
  for (const [, name = ''] of text.matchAll(/"#\/\$defs\/([^"]+)"/g)) {
    if (!(name in $defs)) throw new TypeError(`${file} refers to ${name}, which it does not define`)
  }
}

const found = (await readdir(folder, { recursive: true }))
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.json') && file !== 'package.json' && !file.startsWith('node_modules/'))
const stray = found.filter((file) => !generated.has(file)).sort()

if (values.check) {
  const faults = stray.map((file) => `schemas/${file}: nothing generates it`)
  for (const [file, text] of generated) {
    const committed = found.includes(file) ? await readFile(join(folder, file), 'utf8') : undefined
    if (committed === undefined) faults.push(`schemas/${file}: is missing`)
    else if (committed !== text) faults.push(`schemas/${file}: differs from what the code says`)
  }
  if (faults.length > 0) {
    console.error(`${faults.join('\n')}\n\nIf the change is meant, run \`npm run schemas\` and commit what it writes.`)
    process.exitCode = 1
  } else {
    console.log(`schemas: ${generated.size} files are what the code says`)
  }
} else {
  for (const file of stray) await rm(join(folder, file))
  for (const [file, text] of generated) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
  console.log(`schemas: ${generated.size} files written`)
}
