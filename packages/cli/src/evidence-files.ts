import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { EvidenceError, type Receipted } from '@tidings/evidence'
import { type ContentOpening, fromBase64url, StatementError } from '@tidings/statement'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import { unusableFile } from './named-file.ts'

/** The evidence of one statement as it lies in files. */
export interface EvidenceFiles extends Receipted {
  /** Its `.jws` file. */
  readonly file: string
  readonly document?: Uint8Array
  readonly contents: readonly (ContentOpening | undefined)[]
  readonly keys: readonly Receipted[]
  /** The file that a part of the evidence was read from, by the part's name. */
  fileOf(part: string): string
}

/** Endings of the files of one statement. */
export const endings = {
  statement: '.jws',
  proof: '.tlog-proof',
  document: '.document.json',
  salt: (n: number) => `.content-${n}.salt`,
} as const

/** Ending of the file that holds a content, by its media type. */
export function contentEnding(n: number, mediaType: string): string {
  if (mediaType === 'application/geo+json') return `.content-${n}.geojson`
  return `.content-${n}.${mediaType.endsWith('json') ? 'json' : 'bin'}`
}

const form = /^(.+?)(\.jws|\.tlog-proof|\.document\.json|\.content-\d+\.(?:salt|json|geojson|bin))$/

/** Folders of a log in the tlog-tiles layout, statements, and files that are neither. */
export interface Found {
  readonly logs: readonly string[]
  /** Paths without endings. */
  readonly statements: readonly string[]
  readonly others: readonly string[]
}

/** Looks at the files and folders named. A folder is a log if it has a `checkpoint` and a `tile` folder; else its evidence is meant. */
export async function findEvidence(paths: readonly string[]): Promise<Found> {
  const logs: string[] = []
  const statements = new Set<string>()
  const others: string[] = []
  const add = (file: string) => {
    const [, base] = form.exec(basename(file)) ?? []
    if (base === undefined) others.push(file)
    else statements.add(join(dirname(file), base))
  }
  for (const path of paths) {
    const entry = await stat(path).catch((error: unknown) => {
      throw unusableFile(path, error, 'read')
    })
    if (!entry.isDirectory()) {
      add(path)
      continue
    }
    const inside = await readdir(path, { withFileTypes: true })
    const names = new Set(inside.map(({ name }) => name))
    if (names.has('checkpoint') && names.has('tile')) logs.push(path)
    // The keys folder belongs to the statements beside it.
    else for (const { name } of inside.filter((i) => i.isFile()).sort(byName)) add(join(path, name))
  }
  return { logs, statements: [...statements], others }
}

/**
 * Reads the evidence of one statement: its files, and the key statements in the `keys` folder beside them.
 *
 * @param base path without ending
 * @throws {EvidenceError} a file is not text in UTF-8, or is missing; `part` names the file
 */
export async function readEvidenceFiles(base: string): Promise<EvidenceFiles> {
  const folder = dirname(base)
  const files = new Map<string, string>([
    ['statement', `${base}${endings.statement}`],
    ['proof', `${base}${endings.proof}`],
    ['document', `${base}${endings.document}`],
  ])
  const [jws, proof] = [await readJws(`${base}${endings.statement}`), await readText(`${base}${endings.proof}`)]
  const document = await readFile(`${base}${endings.document}`).catch(ifMissing)
  const contents = await readContents(base, files)
  const keys: Receipted[] = []
  const inKeys = await readdir(join(folder, 'keys')).catch(() => [])
  for (const name of inKeys.filter((n) => n.endsWith(endings.statement)).sort()) {
    const key = join(folder, 'keys', name.slice(0, -endings.statement.length))
    files.set(`keys/${keys.length}/statement`, `${key}${endings.statement}`)
    files.set(`keys/${keys.length}/proof`, `${key}${endings.proof}`)
    keys.push({ jws: await readJws(`${key}${endings.statement}`), proof: await readText(`${key}${endings.proof}`) })
  }
  return {
    file: `${base}${endings.statement}`,
    jws,
    proof,
    contents,
    keys,
    ...(document && { document }),
    fileOf: (part) => files.get(part) ?? part,
  }
}

async function readContents(base: string, files: Map<string, string>): Promise<(ContentOpening | undefined)[]> {
  const folder = dirname(base)
  const contents: (ContentOpening | undefined)[] = []
  for (const name of await readdir(folder)) {
    const [, stem, number] = /^(.+)\.content-(\d+)\.(?:json|geojson|bin|salt)$/.exec(name) ?? []
    if (stem !== basename(base)) continue
    const at = Number(number) - 1
    if (name.endsWith('.salt')) {
      const there = (await readdir(folder)).some((n) => n !== name && n.startsWith(`${stem}.content-${number}.`))
      if (!there) throw missing(join(folder, `${stem}.content-${number}.json`), 'the content that this salt opens')
      continue
    }
    const data = join(folder, name)
    const salt = `${base}${endings.salt(at + 1)}`
    files.set(`contents/${at}`, `${data}, or its salt ${salt}`)
    contents[at] = { data: await readFile(data), salt: await readSalt(salt) }
  }
  return Array.from(contents)
}

async function readSalt(file: string): Promise<Uint8Array> {
  const text = await readText(file)
  try {
    return fromBase64url(text.replace(/\n$/, ''))
  } catch (cause) {
    if (!(cause instanceof StatementError)) throw cause
    throw new EvidenceError('evidence/content', file, 'must be 32 bytes in unpadded base64url', { cause })
  }
}

/** A JWS, with or without the line feed that some editors leave at its end. */
async function readJws(file: string): Promise<string> {
  return (await readText(file)).replace(/\n$/, '')
}

async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch(ifMissing)
  if (!bytes) throw missing(file, 'without it nothing is proven')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new EvidenceError('evidence/statement', file, 'must be text in UTF-8', { cause })
  }
}

function missing(file: string, why: string): EvidenceError {
  return new EvidenceError('evidence/proof', file, `is missing: ${why}`)
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  throw new CommandError(error.message, exitCodes.error, { code: 'cli/file', cause: error })
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1
}
