import { existsSync, statfsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { loadLogKey } from '@tidings/service-log'
import { isNetworkFileSystem, takeWriterLock } from '@tidings/sqlite-file'
import { type Checkpoint, formatVkey } from '@tidings/transparency'
import { openLogFolder } from '@tidings/transparency/files'
import { readGuardFile } from '@tidings/transparency/writer'
import { checkMasterKey } from '@tidings/vault/sqlite'
import { type DataFolder, dataFolder, readIdentity } from '../data-folder.ts'
import { diskSpace } from '../disk-space.ts'
import { type Finding, findingsOf } from './finding.ts'
import { measureFlush } from './flush-time.ts'

/** Room below which a disk deserves attention, in MiB; below the reserve the service takes nothing new. */
const littleRoomMiB = 1024
const reserveMiB = 64
/** A flush that takes longer slows every statement down; one that takes less than any disk needs does not take place. */
const slowFlushMs = 50
const noFlushMs = 0.01
const tolerated = 2 * 60_000
const tmpfs = 0x01021994

/** Looks at a data folder, changes nothing in it, and says what was found. The service may be at work. */
export async function* examineFolder(folder: string): AsyncGenerator<Finding> {
  const files = dataFolder(folder)
  const { ok, fault } = findingsOf('data folder')
  try {
    const { origin, format } = await readIdentity(folder)
    yield ok(
      `${folder} holds the log ${origin} (${format}), and ${isAtWork(files) ? 'a service is at work on it' : 'no service is at work on it'}`,
    )
  } catch (error) {
    yield fault((error as Error).message, 'Name the folder that the service was started with, as the user who runs it.')
    return
  }
  yield* permissions(files)
  yield* keys(files)
  yield* disk(files)
  yield flush(files)
  yield* stores(files)
  yield* log(files)
}

function isAtWork({ record }: DataFolder): boolean {
  try {
    takeWriterLock(record)[Symbol.dispose]()
    return false
  } catch {
    return true
  }
}

async function* permissions({ folder }: DataFolder): AsyncGenerator<Finding> {
  const { ok, attention } = findingsOf('permissions')
  if (process.platform === 'win32') return
  const open: string[] = []
  for (const name of ['', 'keys', ...(await readdir(folder))]) {
    const path = join(folder, name)
    const isFolder = existsSync(path) && (await stat(path)).isDirectory()
    // The log tells nothing of any statement, and is made to be read.
    if (!existsSync(path) || name === 'log' || name === 'demonstration' || name.endsWith('.lock')) continue
    const mode = (await stat(path)).mode & 0o777
    if (isFolder ? name === 'keys' && (mode & 0o077) !== 0 : (mode & 0o077) !== 0)
      open.push(`${path} (${mode.toString(8)})`)
  }
  yield open.length === 0
    ? ok('what must be for its owner alone is for its owner alone')
    : attention(
        `others than the owner may read ${open.join(', ')}`,
        'Run chmod 600 on the files and chmod 700 on the folder keys, and ask who has read them.',
      )
}

async function* keys({ logKey, log, masterKey, vault }: DataFolder): AsyncGenerator<Finding> {
  const { ok, fault } = findingsOf('keys')
  const back = 'Put it back from where it is kept, with mode 600. Without it the service does not start.'
  if (!existsSync(logKey)) yield fault(`the log's key ${logKey} is missing`, back)
  else {
    const found = await loadLogKey(logKey).catch((error: Error) => error)
    const vkey = await readFile(join(log, 'vkey'), 'utf8').then(
      (text) => text.trimEnd(),
      () => undefined,
    )
    if (found instanceof Error) yield fault(found.message, back)
    else if (vkey !== undefined && formatVkey(vkey.split('+')[0] ?? '', found.signer.publicKey) !== vkey)
      yield fault(`${logKey} is the key of another log`, 'Put back the key that belongs to this folder.')
    else yield ok("the log's key is there, for its owner alone, and is the one of this log")
  }
  const wrong = await checkMasterKey({ file: vault, masterKeyFile: masterKey }).then(
    () => undefined,
    (error: Error) => error,
  )
  yield wrong === undefined
    ? ok("the vault's master key is there, for its owner alone, and opens this vault")
    : fault(wrong.message, `${back} Without it no content can be read.`)
}

function* disk({ folder }: DataFolder): Generator<Finding> {
  const { ok, attention, fault } = findingsOf('disk')
  const { freeBytes, sizeBytes } = diskSpace(folder)
  const free = Math.floor(freeBytes / 1024 ** 2)
  const says = `${free} MiB of ${Math.floor(sizeBytes / 1024 ** 2)} MiB are free`
  if (free < reserveMiB)
    yield fault(says, 'Make room: below the reserve (--disk-reserve, 64 MiB unless told) nothing new is taken.')
  else if (free < littleRoomMiB) yield attention(says, 'Make room soon.')
  else yield ok(says)
  const { type } = statfsSync(folder)
  if (isNetworkFileSystem(type))
    yield fault('the folder is on a network file system, where locks do not hold', 'Move it to a local disk.')
  if (process.platform === 'linux' && type === tmpfs)
    yield attention(
      'the folder is in memory: nothing in it survives a restart of the machine',
      'Move it to a disk, unless this is a trial.',
    )
}

function flush({ folder }: DataFolder): Finding {
  const { ok, attention, fault } = findingsOf('flush')
  try {
    const { median, p99 } = measureFlush(folder)
    const says = `the disk takes ${ms(median)} to have bytes durably (99 of 100: ${ms(p99)})`
    if (median > slowFlushMs)
      return attention(
        says,
        'Every statement waits for about three flushes. Look for a faster disk, or for what else is busy with this one.',
      )
    if (median < noFlushMs)
      return attention(
        `${says}, which no disk can do`,
        'Find out whether flushes are switched off: a power failure could take what was acknowledged.',
      )
    return ok(says)
  } catch (error) {
    return fault(
      `nothing can be flushed in ${folder}: ${(error as Error).message}`,
      'Look at the disk and at the permissions of the folder.',
    )
  }
}

function ms(value: number): string {
  return `${value < 1 ? value.toFixed(3) : value.toFixed(1)} ms`
}

const formats = [
  ['record.db', 0x54_64_52_63, 'record'],
  ['vault.db', 0x54_64_56_74, 'vault'],
  ['log/checkpoints.db', 0x54_64_43_70, 'checkpoints'],
] as const

function* stores({ folder }: DataFolder): Generator<Finding> {
  for (const [name, id, what] of formats) {
    const { ok, fault } = findingsOf(what)
    const file = join(folder, name)
    if (!existsSync(file)) {
      yield fault(`${file} is missing`, 'Restore record, vault and log from one backup, and keep the guard.')
      continue
    }
    const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
    try {
      const number = (sql: string) => Number(Object.values(db.prepare(sql).get() ?? {})[0])
      const version = number('PRAGMA user_version')
      if (number('PRAGMA application_id') !== id) yield fault(`${file} is something else`, 'Restore it from a backup.')
      else yield ok(`${file} is in format ${version}`)
    } catch (error) {
      yield fault(
        `${file} cannot be read: ${(error as Error).message}`,
        'Restore record, vault and log from one backup, and keep the guard.',
      )
    } finally {
      db.close()
    }
  }
}

async function* log(files: DataFolder): AsyncGenerator<Finding> {
  const { ok, fault } = findingsOf('log')
  let last: Checkpoint
  try {
    await using reader = await openLogFolder({ folder: files.log })
    last = await reader.latest()
    yield ok(
      `its last checkpoint covers ${last.size} statements, signed at ${new Date(last.time * 1000).toISOString()}`,
    )
  } catch (error) {
    yield fault(
      (error as Error).message,
      'A log folder that lost files is made again from the record at the next start, if guard and kept checkpoints are there.',
    )
    return
  }
  yield* clock(last)
  yield* guard(files, last)
  yield views(files, last)
}

function* clock({ time }: Checkpoint): Generator<Finding> {
  const { ok, fault } = findingsOf('clock')
  const behind = time * 1000 - Date.now()
  yield behind > tolerated
    ? fault(
        `the clock stands ${Math.round(behind / 1000)} s before the last checkpoint`,
        'Set the clock if it is wrong. Nothing new is taken until that time has come.',
      )
    : ok('the clock stands after the last checkpoint')
}

async function* guard({ guard: file, record }: DataFolder, last: Checkpoint): AsyncGenerator<Finding> {
  const { ok, fault } = findingsOf('guard')
  try {
    const state = await readGuardFile(file)
    await using store = await openSqliteEventStore({ file: record, mode: 'read' })
    const held = await store.size()
    if (state === undefined)
      yield fault(
        `the guard ${file} is missing`,
        'Bring it from where the folder was before; docs/operating.md says what to do when it is lost.',
      )
    else if (state.size < last.size)
      yield fault(
        `the guard stands at ${state.size}, the log has signed ${last.size}: an old guard`,
        'Put the present one back.',
      )
    else if (state.size > held)
      yield fault(
        `the guard stands at ${state.size}, the record holds ${held}: this is an old copy of the data folder`,
        'Restore a newer copy; docs/operating.md says how to go on without one.',
      )
    else yield ok(`the guard stands at ${state.size}, the record holds ${held} statements`)
  } catch (error) {
    yield fault((error as Error).message, 'docs/operating.md says how to recover.')
  }
}

function views({ readModel }: DataFolder, { size }: Checkpoint): Finding {
  const { ok, attention } = findingsOf('views')
  const anew = 'They are made anew from the record: start the service, or run tidings rebuild.'
  if (!existsSync(readModel)) return attention('there are no views yet', anew)
  const db = new DatabaseSync(readModel, { readOnly: true, timeout: 5000 })
  try {
    const known = Number(db.prepare('SELECT position FROM read_model_checkpoint').get()?.position ?? -1) + 1
    return known >= size
      ? ok(`the views know all ${size} statements of the log`)
      : attention(`the views know ${known} of ${size} statements`, anew)
  } catch (error) {
    return attention(`the views cannot be read: ${(error as Error).message}`, anew)
  } finally {
    db.close()
  }
}
