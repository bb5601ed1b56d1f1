import { ProblemError, type Server } from '@tidings/service-kit'
import { parseTilePath, type TileSource, TransparencyError } from '@tidings/transparency'
import { folderTiles } from '@tidings/transparency/files'
import { z } from 'zod'
import type { LogService } from './log-service.ts'

export { type LogKey, loadLogKey } from './log-key.ts'
export { type LogService, type LogServiceOptions, openLogService } from './log-service.ts'
export { LogServiceError, type LogServiceErrorCode } from './log-service-error.ts'
export { statementEntry } from './statement-entry.ts'

const TEXT = 'text/plain; charset=utf-8'
const note = { 200: { content: { 'text/plain': { schema: z.string() } } } }
/** In one spelling only, as in all of C2SP tlog-tiles: caches keep each address for ever. */
const leafCount = z
  .string()
  .regex(/^(0|[1-9]\d*)$/, 'must be a number of leaves, in decimal without leading zeros')
  .transform(Number)
  .pipe(z.int('must be at most 9007199254740991'))
/** A resource of this kind never changes (C2SP tlog-tiles). */
const FOR_EVER = 'public, max-age=31536000, immutable'

/**
 * Registers the log's public resources on a server: `/checkpoint`, `/tile/...` and `/tile/entries/...` as C2SP tlog-tiles names them, the verifier key at
 * `/vkey`, and the kept checkpoints at `/checkpoints/<size>`. They tell nothing of any statement and need no token.
 */
export async function logApp(server: Server, { reader, folder }: LogService): Promise<void> {
  const tiles = folderTiles(folder)

  server.get(
    '/checkpoint',
    {
      schema: {
        operationId: 'latestCheckpoint',
        tags: ['log'],
        summary: 'The last checkpoint, a signed note',
        description:
          'As C2SP tlog-checkpoint has it: origin, size and root, signed by the log and cosigned with its time.',
        response: note,
      },
    },
    async (_request, reply) =>
      reply
        .header('content-type', TEXT)
        .header('cache-control', 'no-cache')
        .send((await reader.latest()).text),
  )

  server.get(
    '/checkpoints/:size',
    {
      schema: {
        operationId: 'keptCheckpoint',
        tags: ['log'],
        summary: 'The first checkpoint that covers so many leaves',
        description: 'Every checkpoint issued is kept. Its time is the time of the leaves that no earlier one covers.',
        response: note,
        'x-problems': ['not-found'],
        params: z.object({ size: leafCount }),
      },
    },
    async (request, reply) => {
      const { size } = request.params
      if (size > (await reader.latest()).size)
        throw new ProblemError('not-found', { detail: `No checkpoint covers ${size} leaves yet.` })
      const checkpoint = await reader.waitForSize(size, AbortSignal.timeout(1000))
      return reply.header('content-type', TEXT).header('cache-control', FOR_EVER).send(checkpoint.text)
    },
  )

  server.get(
    '/vkey',
    {
      schema: {
        operationId: 'logKey',
        tags: ['log'],
        summary: "The log's verifier key, to be pinned",
        description:
          'Compare it with what other parties have: from then on nothing is believed that this key has not signed.',
        response: note,
      },
    },
    async (_request, reply) =>
      reply.header('content-type', TEXT).header('cache-control', 'no-cache').send(`${reader.vkey}\n`),
  )

  server.get(
    '/tile/*',
    {
      // Its addresses have as many parts as the log is high, which OpenAPI cannot say: C2SP tlog-tiles does.
      schema: { hide: true, params: z.object({ '*': z.string() }) },
    },
    async (request, reply) => {
      const bytes = await readTile(tiles, `tile/${request.params['*']}`)
      if (bytes === undefined) throw new ProblemError('not-found', { detail: 'The log has no such tile.' })
      return reply.header('content-type', 'application/octet-stream').header('cache-control', FOR_EVER).send(bytes)
    },
  )
}

async function readTile(tiles: TileSource, path: string): Promise<Uint8Array | undefined> {
  try {
    parseTilePath(path)
  } catch (error) {
    if (error instanceof TransparencyError) return undefined
    throw error
  }
  return await tiles.read(path)
}
