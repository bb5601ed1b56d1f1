import { type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import {
  FileError,
  fileErrorOf,
  type JobInput,
  openFileToRead,
  openFileToWrite,
  openWriterThread,
  takeWriterLock,
} from '@tidings/sqlite-file'
import { VaultError } from '../errors.ts'
import { checkHash, checkUuid } from '../identifiers.ts'
import { type VaultKeys, vaultKeys } from '../key-hierarchy.ts'
import { sealContents } from '../seal-contents.ts'
import type { Holding, Origin, Vault } from '../vault.ts'
import type { ContentJobs } from './content-jobs.ts'
import { contentReader, type Pending } from './content-reader.ts'
import type { ContentThreadData } from './content-thread.ts'
import { vaultFormat, vaultSettings } from './format.ts'
import { readMasterKey } from './master-key.ts'

/** Where a vault and its master key are kept. */
export interface SqliteVaultOptions {
  /** Path of the vault's file; its folder must exist. SQLite keeps `-wal` and `-shm` beside it, the vault `.lock`. */
  readonly file: string
  /** Path of the master key, made by `createMasterKey`. */
  readonly masterKeyFile: string
}

/** Statements settled side by side by a sweep. */
const SWEEP_PAGE = 100

/**
 * Opens a vault kept in one SQLite file, or makes it.
 *
 * Each content is encrypted with AES-256-GCM under a key of its own (its salt with it), tied to its statement, commitment, subject and media
 * type. Calls made in one turn of the event loop share a flush to the disk.
 *
 * @throws {VaultError} `vault/master-key-…`: the key is missing, readable by others, malformed, or not the one this vault was made with;
 *   `vault/second-writer`, `vault/damaged`, `vault/newer-format`, `vault/unavailable`
 *
 * @example
 * await using vault = await openSqliteVault({ file: 'data/vault.db', masterKeyFile: 'keys/vault.key' })
 * await vault.hold(statementId, [{ commitment, subject, mediaType, salt, data }])
 */
export async function openSqliteVault({ file, masterKeyFile }: SqliteVaultOptions): Promise<Vault> {
  const master = await readMasterKey(masterKeyFile)
  try {
    using resources = new DisposableStack()
    resources.use(takeWriterLock(file))
    const db = openFileToWrite({ file, format: vaultFormat, settings: vaultSettings })
    resources.defer(() => db.close())
    const keys = keysOf(db, file, master)
    return startVault({ db, file, keys, resources: resources.move() })
  } catch (error) {
    throw toVaultError(fileErrorOf(file, error))
  }
}

/**
 * Asserts that a master key is the one of a vault, which may be at work: nothing is written.
 *
 * @throws {VaultError} `vault/master-key-…`, `vault/damaged`, `vault/newer-format`, `vault/unavailable`
 */
export async function checkMasterKey({ file, masterKeyFile }: SqliteVaultOptions): Promise<void> {
  const master = await readMasterKey(masterKeyFile)
  try {
    const db = openFileToRead({ file, format: vaultFormat, settings: '' })
    try {
      const row = db.prepare('SELECT id, key_check FROM vault').get()
      if (row) assertMade(row, file, vaultKeys(master, row.id as Uint8Array))
    } finally {
      db.close()
    }
  } catch (error) {
    throw toVaultError(fileErrorOf(file, error))
  }
}

function assertMade(row: Record<string, unknown>, file: string, keys: VaultKeys): void {
  if (!timingSafeEqual(keys.check, row.key_check as Uint8Array))
    throw new VaultError('vault/master-key-wrong', `the master key is not the one that ${file} was made with`)
}

/** Ties a new vault to its master key; knows an old one's by its check. */
function keysOf(db: DatabaseSync, file: string, master: KeyObject): VaultKeys {
  const row = db.prepare('SELECT id, key_check FROM vault').get()
  if (!row) {
    if (db.prepare('SELECT 1 FROM subjects').get())
      throw new FileError('damaged', `${file} is damaged: it has lost its key check`)
    const id = randomBytes(16)
    const keys = vaultKeys(master, id)
    db.prepare('INSERT INTO vault (only, id, key_check, live) VALUES (1, ?, ?, 0)').run(id, keys.check)
    return keys
  }
  const keys = vaultKeys(master, row.id as Uint8Array)
  assertMade(row, file, keys)
  return keys
}

interface VaultParts {
  readonly db: DatabaseSync
  readonly file: string
  readonly keys: VaultKeys
  readonly resources: Disposable
}

function startVault({ db, file, keys, resources }: VaultParts): Vault {
  const sealing = { wrapping: keys.wrapping }
  const reader = contentReader(db, keys, file)
  const writer = openWriterThread<ContentJobs>({
    name: 'vault',
    script: new URL('./content-thread.ts', import.meta.url),
    data: { file, keys } satisfies ContentThreadData,
    // Both halves of a doubt, "nothing was written" and "nobody knows", are answered alike: by doing the same again.
    failed: (cause) => toVaultError(fileErrorOf(file, cause)),
  })
  let closed = false

  function assertOpen() {
    if (closed) throw closedError()
  }

  function reading<T>(read: () => T): T {
    assertOpen()
    try {
      return read()
    } catch (error) {
      throw toVaultError(fileErrorOf(file, error))
    }
  }

  async function settle(
    { statement: id, stream }: Pending,
    heldBefore: Date,
    isRecorded: (origin: Origin) => Promise<boolean>,
  ) {
    const statement = id.toString('base64url')
    const recorded = await isRecorded({ statement, stream })
    assertOpen()
    return await writer.run('settle', { statement, stream, heldBefore: heldBefore.getTime(), recorded })
  }

  async function holdEach(holdings: readonly Holding[]): Promise<readonly (Error | undefined)[]> {
    if (closed) return holdings.map(closedError)
    const inputs = holdings.map((holding) => soundOr(() => toHold(holding)))
    const outcomes = await writer.runEach(
      'hold',
      inputs.filter((input): input is Exclude<typeof input, Error> => !(input instanceof Error)),
    )
    let next = 0
    return inputs.map((input) => {
      const outcome = input instanceof Error ? input : outcomes[next++]
      return outcome instanceof Error ? outcome : undefined
    })
  }

  async function publishEach(statements: readonly string[]): Promise<readonly (Error | undefined)[]> {
    if (closed) return statements.map(closedError)
    const faults = statements.map((statement) => soundOr(() => checkHash(statement)))
    const sound = statements.filter((_, n) => !faults[n])
    // One job: it either makes all of them live or, like everything that shares its transaction, none.
    const failure = await writer.run('publish', { statements: sound }).catch((error: Error) => error)
    return faults.map((fault) => fault ?? (failure || undefined))
  }

  return {
    sealing,
    async hold(origin, contents) {
      assertNone(await holdEach([{ origin, contents: sealContents(sealing, origin.statement, contents) }]))
    },
    async holdSealed(origin, contents) {
      assertNone(await holdEach([{ origin, contents }]))
    },
    holdEach,
    async publish(statement) {
      assertNone(await publishEach([statement]))
    },
    publishEach,
    async read(origin, commitment) {
      return reading(() => reader.read(origin, commitment))
    },
    async sweep(heldBefore, isRecorded) {
      let published = 0
      let deleted = 0
      let last: Uint8Array = Buffer.alloc(0)
      for (;;) {
        const page = reading(() => reader.pendingBefore(heldBefore, last, SWEEP_PAGE))
        const outcomes = await Promise.all(page.map((pending) => settle(pending, heldBefore, isRecorded)))
        published += outcomes.filter((outcome) => outcome === 'published').length
        deleted += outcomes.filter((outcome) => outcome === 'deleted').length
        last = page.at(-1)?.statement ?? last
        if (page.length < SWEEP_PAGE) break
      }
      // The write-ahead log still holds what was deleted: fold it in.
      if (deleted > 0) await writer.fold()
      return { published, deleted }
    },
    async count() {
      return reading(() => reader.count())
    },
    async [Symbol.asyncDispose]() {
      if (closed) return
      closed = true
      // What was handed in before is still done and answered.
      await writer[Symbol.asyncDispose]()
      resources[Symbol.dispose]()
    },
  }
}

/** What the thread is given to hold contents: their bytes beside the rest. */
function toHold({ origin: { statement, stream }, contents }: Holding): JobInput<Parameters<ContentJobs['hold']>[0]> {
  checkHash(statement)
  for (const { subject, commitment } of contents) {
    checkUuid(subject)
    checkHash(commitment)
  }
  const bare = contents.map(({ commitment, subject, mediaType }) => ({ commitment, subject, mediaType }))
  const parts = contents.flatMap(({ sealed, wrappedKey, subjectKey }) => [sealed, wrappedKey, subjectKey])
  return { args: { statement, stream, contents: bare, at: Date.now() }, parts }
}

/** What some work comes to, or the error that it throws. */
function soundOr<T>(work: () => T): T | Error {
  try {
    return work()
  } catch (error) {
    return error as Error
  }
}

function assertNone([error]: readonly (Error | undefined)[]): void {
  if (error !== undefined) throw error
}

function closedError(): VaultError {
  return new VaultError('vault/closed', 'the vault has been closed')
}

function toVaultError<E>(error: E): E | VaultError {
  if (!(error instanceof FileError)) return error
  const options = { cause: error }
  switch (error.reason) {
    case 'not-ours':
    case 'damaged':
      return new VaultError('vault/damaged', error.message, options)
    case 'newer':
      return new VaultError('vault/newer-format', `${error.message}: use that version or a later one`, options)
    case 'in-use':
      return new VaultError('vault/second-writer', error.message, options)
    case 'missing':
    case 'unavailable':
      return new VaultError('vault/unavailable', error.message, options)
  }
}
