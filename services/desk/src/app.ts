import type { EventStore } from '@tidings/event-store'
import { keysAt } from '@tidings/exchange'
import type { Progress } from '@tidings/read-model'
import { type Metrics, ProblemError, readerAuth, type Server, tokenRoute } from '@tidings/service-kit'
import type { LogReader } from '@tidings/transparency'
import type { Vault } from '@tidings/vault'
import type { FastifyBaseLogger } from 'fastify'
import { deskMetrics } from './desk-metrics.ts'
import { type KeptViews, keepViews } from './keeping/kept-views.ts'
import { changesRoute } from './routes/changes.ts'
import { conditional } from './routes/conditional.ts'
import { dutyRoutes } from './routes/duties.ts'
import { exchangeRoutes } from './routes/exchanges.ts'
import { countHeldOpen } from './routes/held-open.ts'
import { mechanismRoutes } from './routes/mechanisms.ts'
import { partyRoutes } from './routes/parties.ts'
import { guardReading, waitForAfter, waitForLeaf } from './routes/reading.ts'
import { registerRoutes } from './routes/registers.ts'
import { statementRoutes } from './routes/statements.ts'
import { openAdvances } from './views/advances.ts'
import { openCalendar } from './views/calendar.ts'
import { openChanges } from './views/changes.ts'
import { openClocks } from './views/clocks.ts'
import { openLookup } from './views/lookup.ts'
import { openMeetings } from './views/meetings.ts'
import { openOutstandingView } from './views/outstanding.ts'
import { openReminders } from './views/reminders.ts'
import { openTags } from './views/tags.ts'
import { openThings } from './views/things.ts'

export { routeAccess } from './routes/access.ts'

/** What a desk reads from, and what it authenticates readers with. */
export interface DeskOptions {
  readonly store: EventStore
  /** The SQLite file of the same record: the thread that keeps the views reads it by itself. */
  readonly recordFile: string
  readonly vault: Vault
  readonly log: LogReader
  /** SQLite file of the desk's own views: disposable, made again from the record when it is not there. */
  readonly readModelFile: string
  /** The service's Ed25519 key for access tokens: see `newTokenKey`. Desks that share it take each other's tokens. */
  readonly tokenKey: CryptoKeyPair
  /** Audience of client assertions: the log's origin. */
  readonly audience: string
  /** The address under which readers reach the service, when a proxy stands before it. */
  readonly publicUrl?: string
  readonly logger: FastifyBaseLogger
  /** Time of day in milliseconds, for tokens and for what today is; the machine's unless told. */
  readonly now?: () => number
  /** Where what is followed is counted. */
  readonly metrics?: Metrics
}

/** A desk: its views, kept up with the record from opening until it is disposed. */
export interface Desk extends AsyncDisposable {
  readonly options: DeskOptions
  readonly views: KeptViews
  /** Readiness: what the desk waits for, e.g. `caught up to leaf 100 of 5000`; undefined when it is ready. */
  waitsFor(): Promise<string | undefined>
  /** Makes all views anew from the record; resolves when they have caught up with the log as it was at the call. */
  rebuild(onProgress?: (progress: Progress) => void): Promise<void>
}

/**
 * Opens a desk. It reads the store, the vault and the log that it is given and closes none of them.
 *
 * @throws {ReadModelError} the file of the views cannot be used
 */
export async function openDesk(options: DeskOptions): Promise<Desk> {
  const { recordFile, log, readModelFile, logger } = options
  const measured = deskMetrics(options.metrics)
  const views = await keepViews({ recordFile, log, file: readModelFile, logger, onApplied: measured.applied })
  measured.watch(views, log)
  return {
    options,
    views,
    waitsFor: views.waitsFor,
    rebuild: views.rebuild,
    [Symbol.asyncDispose]: () => views[Symbol.asyncDispose](),
  }
}

/** Registers the desk's routes on a server: `POST /v1/token` and everything that may be read with a token. */
export async function deskApp(server: Server, { options, views }: Desk): Promise<void> {
  const { store, vault, log, tokenKey, audience, publicUrl, now } = options
  const { streams, streamsPerReader, stalledSeconds, waitSeconds, leafSeconds } = server.limits
  const auth = readerAuth({
    tokenKey,
    audience,
    findKey: currentKey,
    ...(publicUrl !== undefined && { publicUrl }),
    ...(now && { now }),
  })
  await tokenRoute(server, auth)
  await server.register(async (instance) => {
    const scope = instance as Server
    guardReading(scope, auth)
    const lookup = openLookup(views.reader, store, views.size)
    const things = openThings(views.reader, lookup, views.present)
    const clocks = openClocks({
      present: views.present,
      size: views.size,
      secondsOf: lookup.secondsOf,
      now: now ?? Date.now,
    })
    const outstanding = openOutstandingView(views.reader, lookup, clocks)
    const calendar = openCalendar({ db: views.reader, lookup, clocks, present: views.present, size: views.size })
    const advances = openAdvances(views)
    const heldOpen = countHeldOpen({ perReader: streamsPerReader, inAll: streams })
    const { counts } = auth
    changesRoute(scope, {
      changes: openChanges({ lookup, views, advances }),
      advances,
      heldOpen,
      counts,
      isCurrent: views.isCurrent,
      now: now ?? Date.now,
      stalledMs: stalledSeconds * 1000,
    })
    const tags = openTags(views)
    const answer = conditional({ views, advances, heldOpen, counts, longestWait: waitSeconds })
    const reminders = openReminders({ db: views.reader, lookup, clocks, present: views.present })
    const meetings = openMeetings(views.reader, views.present)
    const routes = {
      views,
      lookup,
      clocks,
      things,
      outstanding,
      calendar,
      reminders,
      meetings,
      vault,
      log,
      tags,
      answer,
    }
    await scope.register(async (inner) => {
      const waiting = inner as Server
      waitForAfter(waiting, (leaf) => waitForLeaf(views, leaf, leafSeconds * 1000))
      for (const register of [
        partyRoutes,
        mechanismRoutes,
        exchangeRoutes,
        dutyRoutes,
        registerRoutes,
        statementRoutes,
      ]) {
        register(waiting, routes)
      }
    })
  })

  /** By the views of now: in those of the past a key counts that has ended since. */
  function currentKey(party: string, kid: string) {
    if (!views.isCurrent()) {
      const detail = `The views are being made from the record, and know ${views.size()} leaves of it: nobody is shown anything until they know all. Try again.`
      throw new ProblemError('busy', { detail }, { retryAfter: 2 })
    }
    const standing = views.present.party(party)
    return standing && keysAt(standing, views.size()).find((key) => key.kid === kid)
  }
}
