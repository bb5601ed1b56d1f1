import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer as createProbe } from 'node:net'
import type { EventStore } from '@tidings/event-store'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { type Desk, deskApp, openDesk } from '@tidings/service-desk'
import { intakeApp } from '@tidings/service-intake'
import {
  createMetrics,
  createServer,
  metricsRoute,
  newTokenKey,
  ProblemError,
  registerHealth,
  waitsOf,
} from '@tidings/service-kit'
import { type LogService, logApp, openLogService, statementEntry } from '@tidings/service-log'
import type { LogReader } from '@tidings/transparency'
import { openLogFolder } from '@tidings/transparency/files'
import type { Vault } from '@tidings/vault'
import { createMasterKey, openSqliteVault } from '@tidings/vault/sqlite'
import type { Logger } from 'pino'
import { watchClock } from './clock-watch.ts'
import type { Configuration } from './configuration.ts'
import { dataFolder, openDataFolder, readIdentity } from './data-folder.ts'
import { type Demonstration, openDemonstration } from './demonstration/demonstration.ts'
import { keepReserve } from './disk-space.ts'
import { guardStands } from './guard-stands.ts'
import { metricsAccess } from './metrics-access.ts'
import { processMetrics } from './process-metrics.ts'
import { registerStartPage } from './start-page.ts'

/** A running standalone service. Disposing of it stops it: requests under way are answered, then the stores close. */
export interface Standalone extends AsyncDisposable {
  /** Address under which it listens, e.g. `http://127.0.0.1:7300`. */
  readonly url: string
  readonly origin: string
  readonly log: LogReader
  readonly store: EventStore
  readonly vault: Vault
  readonly desk: Desk
  /** What it waits for before it can do its work, as its readiness says it. */
  waitsFor(): Promise<Readonly<Record<string, string>>>
  /** The demonstration of a data folder that was made to hold one. */
  readonly demonstration?: Demonstration
}

const version = '0.1.0'
/** Room that is kept free on the disk unless told, in MiB. */
const defaultReserve = 64

/**
 * Starts intake, log and desk in one process on the embedded engines.
 *
 * @param onRebuild told how far the views have come, where they are made anew before serving
 * @throws an error of a store (typed, with a `code`), a `DataFolderError`, or the error of listening
 */
export async function startStandalone(
  configuration: Configuration,
  logger: Logger,
  onRebuild?: Parameters<Desk['rebuild']>[0],
): Promise<Standalone> {
  await using opened = new AsyncDisposableStack()
  // Before anything is made: whoever has to choose another port should not find a data folder behind.
  await assertFree(configuration)
  const access = await metricsAccess(configuration)
  const metrics = createMetrics()
  const files = dataFolder(configuration.data)
  const readOnly = configuration.readOnly === true
  const { identity, isNew } = readOnly
    ? { identity: await readIdentity(files.folder), isNew: false }
    : await openDataFolder(files.folder, {
        origin: configuration.origin ?? `tidings.example/${randomUUID().slice(0, 8)}`,
        demonstration: !configuration.empty,
      })
  // A copy is for reading: whatever a demonstration has yet to say is said elsewhere.
  const demonstration =
    identity.demonstration && !readOnly
      ? await openDemonstration(
          { folder: files.demonstration, log: files.log },
          new Date(identity.createdAt),
          !configuration.empty,
        )
      : undefined
  const store = opened.use(await openSqliteEventStore({ file: files.record, mode: readOnly ? 'read' : 'write' }))
  // Killed right after the folder was made, a first start has left neither key nor vault, and nothing recorded that would need them.
  const isUntouched =
    !readOnly && !existsSync(files.masterKey) && !existsSync(files.vault) && (await store.size()) === 0
  if (isNew || isUntouched) await createMasterKey(files.masterKey)
  const vault = opened.use(await openSqliteVault({ file: files.vault, masterKeyFile: files.masterKey }))
  const log = opened.use(
    readOnly
      ? await openLogCopy(files.log)
      : await openLogService({
          record: store,
          entryOf: statementEntry,
          folder: files.log,
          keyFile: files.logKey,
          guardFile: files.guard,
          origin: identity.origin,
          logger,
          ...(demonstration?.clock && { now: demonstration.clock.now }),
          metrics,
        }),
  )
  const { limits, proxies, publicUrl } = configuration
  const server = await createServer({
    logger,
    title: 'Tidings',
    version,
    metrics,
    ...(limits && { limits }),
    ...(proxies && { proxies }),
    ...(publicUrl !== undefined && { publicUrl }),
  })
  opened.defer(() => server.close())
  const desk = opened.use(
    await openDesk({
      store,
      recordFile: files.record,
      vault,
      log: log.reader,
      readModelFile: files.readModel,
      // Made anew at each start: access tokens live for minutes, and nobody has to keep this key.
      tokenKey: await newTokenKey(),
      audience: identity.origin,
      logger,
      ...(publicUrl !== undefined && { publicUrl }),
      metrics,
    }),
  )
  await deskApp(server, desk)
  if (configuration.rebuild) await desk.rebuild(onRebuild)
  const disk = keepReserve(files.folder, configuration.diskReserve ?? defaultReserve)
  const clock = watchClock({ lastCheckpoint: async () => (await log.reader.latest()).time })
  const waitsFor = readOnly
    ? async () => {
        throw new ProblemError('read-only', {
          detail: 'Nothing new is ever taken here. State it to the service of which this is a copy.',
        })
      }
    : async () => disk() ?? (await clock()) ?? (await log.waitsFor())
  const intake = await intakeApp(server, { store, vault, log: log.reader, metrics, waitsFor })
  await logApp(server, log)
  const checks = {
    disk,
    clock,
    stores: () => intake.waitsFor(),
    // A copy signs nothing: it has no use for a guard.
    ...(!readOnly && { guard: () => guardStands(files.guard, log.reader) }),
    log: () => log.waitsFor(),
    desk: () => desk.waitsFor(),
  }
  registerHealth(server, checks)
  processMetrics(metrics, { store, vault, folder: files.folder, version, checks })
  metricsRoute(server, metrics, access)
  registerStartPage(server, {
    origin: identity.origin,
    vkey: log.reader.vkey,
    leaves: async () => (await log.reader.latest()).size,
    readOnly,
    ...(demonstration && { demonstration }),
  })
  const url = await server.listen({ host: configuration.host, port: configuration.port })
  const running = opened.move()
  return {
    url,
    origin: identity.origin,
    log: log.reader,
    store,
    vault,
    desk,
    waitsFor: () => waitsOf(checks),
    ...(demonstration && { demonstration }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** The log of a copy: as it was, without anybody who could sign. */
async function openLogCopy(folder: string): Promise<LogService> {
  const reader = await openLogFolder({ folder })
  return {
    reader,
    folder,
    waitsFor: async () => undefined,
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  }
}

/** Fails as listening would if the address cannot be listened on. */
async function assertFree({ host, port }: Configuration): Promise<void> {
  const probe = createProbe()
  probe.listen({ host, port, exclusive: true })
  await once(probe, 'listening')
  probe.close()
  await once(probe, 'close')
}
