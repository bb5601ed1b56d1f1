import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, open, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { EventStore, RecordedEvent } from '@tidings/event-store'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { statementEntry } from '@tidings/service-log'
import { decodeEventData, readStatement } from '@tidings/statement'
import { restoreLogFolder } from '@tidings/transparency/writer'
import { openSqliteVault } from '@tidings/vault/sqlite'
import { type DataFolder, dataFolder, readIdentity } from '../data-folder.ts'
import { BackupError } from './backup-error.ts'
import { hashFiles, type Manifest, manifestFile } from './manifest.ts'
import { takeSnapshots } from './snapshots.ts'
import { beginFolder } from './unfinished-folder.ts'

/** Told what is being done, and how far it has come. */
export type OnStep = (step: string, done: number, total: number) => void

/**
 * Makes a backup of a data folder, while its service is at work or stopped.
 *
 * Record and vault are copied as they were at one moment, the kept checkpoints as they were a moment before: so the record in the backup holds every
 * leaf that they cover, and the vault the contents of every statement in it. The log's tiles are not copied but made anew from the copied record, which
 * proves that it is the one that was signed. Views are left out: they are made anew. Keys and guard are left out on purpose.
 *
 * @throws {BackupError} `backup/no-data-folder`, `backup/exists`, `backup/inside`, `backup/damaged`
 * @throws the typed errors of the stores
 */
export async function makeBackup(data: string, to: string, onStep: OnStep = () => {}): Promise<Manifest> {
  const from = dataFolder(data)
  const { demonstration: _, ...identity } = await readIdentity(data).catch((cause: unknown) => {
    throw new BackupError('backup/no-data-folder', `${data} is no data folder of a service`, { cause })
  })
  await assertOutside(data, to)
  await using unfinished = await beginFolder(to)
  const copy = dataFolder(unfinished.folder)
  await mkdir(copy.log, { mode: 0o700 })
  await copyStores(from, copy, onStep)
  // Homes of a demonstration are not in it: a copy has none to go on with.
  await writeFile(join(copy.folder, 'tidings.json'), `${JSON.stringify(identity, null, 2)}\n`, { mode: 0o600 })
  await copyFile(join(from.log, 'vkey'), join(copy.log, 'vkey'))

  for (const file of [copy.record, copy.vault, join(copy.log, 'checkpoints.db')]) assertSound(file, onStep)
  const proven = await proveLog(copy, onStep)
  const contents = existsSync(from.masterKey) ? await openContents(copy, from.masterKey, onStep) : {}
  await foldIn(copy)

  const { size, root, time } = proven.checkpoint
  const manifest: Manifest = {
    format: 'tidings/backup/v1',
    origin: identity.origin,
    madeAt: new Date().toISOString(),
    log: { size, root: root.toBase64(), time },
    statements: proven.statements,
    ...contents,
    files: await hashFiles(copy.folder),
  }
  await writeFile(join(copy.folder, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
  await unfinished.finish()
  return manifest
}

/** A backup within what it saves is lost with it, and would be in the way of whoever copies the folder. */
async function assertOutside(data: string, to: string): Promise<void> {
  const way = relative(await realpath(data), await whereItIs(resolve(to)))
  if (way !== '' && (way.startsWith('..') || isAbsolute(way))) return
  throw new BackupError(
    'backup/inside',
    `--to: ${to} lies in the data folder ${data}, and would be lost with it. Choose a folder elsewhere, best on another disk`,
  )
}

/** The path of something that may not be there yet, without symbolic links. */
async function whereItIs(path: string): Promise<string> {
  const parent = dirname(path)
  return await realpath(path).catch(async () =>
    parent === path ? path : join(await whereItIs(parent), basename(path)),
  )
}

async function copyStores(from: DataFolder, copy: DataFolder, onStep: OnStep): Promise<void> {
  const checkpoints = (folder: string) => join(folder, 'checkpoints.db')
  // One after the other, on purpose: first what speaks of the record, then the record with the vault.
  for (const pairs of [
    [[checkpoints(from.log), checkpoints(copy.log)]],
    [
      [from.record, copy.record],
      [from.vault, copy.vault],
    ],
  ] as const) {
    using held = new DisposableStack()
    const snapshots = takeSnapshots(pairs.map(([source]) => source)).map((snapshot) => held.use(snapshot))
    for (const [i, snapshot] of snapshots.entries()) {
      const [source = '', target = ''] = pairs[i] ?? []
      await closed(target)
      await snapshot.copyTo(target, (done, total) => onStep(`copying ${source}`, done, total))
    }
  }
}

/** Makes a file that only its owner can read, before anything is in it. */
async function closed(file: string): Promise<void> {
  await (await open(file, 'wx', 0o600)).close()
  await chmod(file, 0o600)
}

/** SQLite's own check of a whole file. */
function assertSound(file: string, onStep: OnStep): void {
  onStep(`checking ${file}`, 0, 1)
  const db = new DatabaseSync(file)
  try {
    const [found] = Object.values(db.prepare('PRAGMA integrity_check(1)').get() ?? {})
    if (found !== 'ok')
      throw new BackupError(
        'backup/damaged',
        `${file} is damaged (${found}), and so is what it was copied from: stop the service and look at its disk`,
      )
  } finally {
    db.close()
  }
}

/** Reads the copied record whole, event by event against its check sum, and makes the log of it anew up to the signed root. */
async function proveLog(copy: DataFolder, onStep: OnStep) {
  await using store = await openSqliteEventStore({ file: copy.record, mode: 'read' })
  const statements = await store.size()
  const checkpoint = await restoreLogFolder({
    folder: copy.log,
    record: {
      size: async () => statements,
      async *entries(from) {
        for await (const event of readFrom(store, from)) {
          if (event.position % 1000 === 0) onStep('proving the log', event.position, statements)
          yield statementEntry(event)
        }
      },
    },
  })
  return { checkpoint, statements }
}

/** So many leaves are named; more of them say no more. */
const mostMissing = 1000

/** Opens every content of every statement in the copied record. Those that wait for their statement are settled first, as a start would. */
async function openContents(
  copy: DataFolder,
  masterKeyFile: string,
  onStep: OnStep,
): Promise<Pick<Manifest, 'contents' | 'missing'>> {
  await using store = await openSqliteEventStore({ file: copy.record, mode: 'read' })
  await using vault = await openSqliteVault({ file: copy.vault, masterKeyFile })
  const size = await store.size()
  await vault.sweep(new Date(Date.now() + 60_000), async ({ statement, stream }) => {
    for await (const event of store.readStream(stream)) if (statementOf(event).id === statement) return true
    return false
  })
  let opened = 0
  const missing: number[] = []
  for await (const event of readFrom(store, 0)) {
    if (event.position % 1000 === 0) onStep('opening contents', event.position, size)
    const { id, payload } = statementOf(event)
    for (const { commitment } of payload.content ?? []) {
      if ((await vault.read({ statement: id, stream: event.stream }, commitment)) !== undefined) opened++
      else if (missing.length < mostMissing) missing.push(event.position)
    }
  }
  return { contents: opened, ...(missing.length > 0 && { missing }) }
}

/** Leaves each file whole by itself: nothing in a write-ahead log beside it, no locks. */
async function foldIn({ folder, log, record, vault }: DataFolder): Promise<void> {
  for (const file of [record, vault, join(log, 'checkpoints.db')]) {
    const db = new DatabaseSync(file)
    db.exec('PRAGMA journal_mode = DELETE')
    db.close()
    await chmod(file, 0o600)
  }
  for (const name of await readdir(folder)) if (name.endsWith('.lock')) await rm(join(folder, name))
}

function statementOf(event: RecordedEvent) {
  return readStatement(decodeEventData(event.data).jws)
}

function readFrom(store: EventStore, from: number): AsyncIterable<RecordedEvent> {
  return store.readAll(from > 0 ? { after: from - 1 } : {})
}
