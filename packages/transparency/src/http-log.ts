import { textOf } from './bytes.ts'
import { checkpointVerifier } from './checkpoint-verifier.ts'
import { DamagedLogError, TransparencyError } from './errors.ts'
import { type CheckpointFeed, readLog } from './feed-reader.ts'
import type { Checkpoint, LogReader } from './log-reader.ts'
import { parseVkey } from './signed-note.ts'
import type { TileSource } from './tile-source.ts'

/** How to read a log at an address. */
export interface HttpLogOptions {
  /** How often to ask for a new checkpoint while somebody waits for one, in milliseconds; 500 unless told. */
  readonly pollMs?: number
  /** How long one request may take, in milliseconds; 20 000 unless told. */
  readonly timeoutMs?: number
  /** Fetches a resource, in place of the platform's own under `timeoutMs`. */
  readonly fetch?: (url: string) => Promise<Response>
  /** Full tiles kept in memory, 16 KiB each; 1024 unless told. */
  readonly cachedTiles?: number
}

/** The resources of a log below an address, by `fetch`. Nothing is believed: see {@link openHttpLog} for a reader that verifies. */
export function httpTiles(url: string | URL, options: Pick<HttpLogOptions, 'timeoutMs' | 'fetch'> = {}): TileSource {
  const prefix = String(url).replace(/\/*$/, '/')
  const { timeoutMs = 20_000 } = options
  const ask = options.fetch ?? ((address) => fetch(address, { signal: AbortSignal.timeout(timeoutMs) }))
  return {
    async read(path) {
      try {
        const response = await ask(prefix + path)
        if (response.ok) return new Uint8Array(await response.arrayBuffer())
        await response.body?.cancel()
        if (response.status === 404 || response.status === 410) return undefined
        throw new Error(`it answered with status ${response.status}`)
      } catch (cause) {
        throw new TransparencyError('transparency/unreachable', `${prefix}${path} cannot be read`, { cause })
      }
    },
  }
}

/**
 * Opens a log at an address under its pinned key: any log of C2SP tlog-tiles that cosigns its own checkpoints. Earlier checkpoints come from
 * `checkpoints/<size>`, where ours serves them; from other logs only those that this reader has seen are known.
 *
 * @param url the log's prefix
 * @param vkey the log's verifier key, `name+hash+base64`
 * @throws {TransparencyError} `transparency/malformed-vkey`
 */
export function openHttpLog(url: string | URL, vkey: string, options: HttpLogOptions = {}): LogReader {
  const tiles = httpTiles(url, options)
  const verify = checkpointVerifier(vkey)
  let newest: Checkpoint | undefined

  async function fetchCheckpoint(path: string): Promise<Checkpoint | undefined> {
    const bytes = await tiles.read(path)
    return bytes && (await verify(textOf(bytes, 'transparency/malformed-note', 'the checkpoint')))
  }

  const feed: CheckpointFeed = {
    async latest() {
      const fetched = await fetchCheckpoint('checkpoint')
      if (fetched === undefined)
        throw new DamagedLogError('transparency/resource-missing', 'checkpoint', `there is no log at ${String(url)}`)
      // A cache on the way may answer with an older one than has been seen.
      if (newest === undefined || fetched.size > newest.size) newest = fetched
      return newest
    },
    async covering(size) {
      if (newest === undefined || newest.size < size) await feed.latest()
      if (newest === undefined || newest.size < size) return undefined
      const kept = await fetchCheckpoint(`checkpoints/${size}`)
      return kept !== undefined && kept.size >= size ? kept : newest
    },
    watch(changed) {
      const timer = setInterval(changed, options.pollMs ?? 500)
      return () => clearInterval(timer)
    },
    async [Symbol.asyncDispose]() {},
  }
  return readLog(feed, tiles, { origin: parseVkey(vkey).name, vkey }, options)
}
