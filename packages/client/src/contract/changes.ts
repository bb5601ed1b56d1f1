import { partyId, statementId, streamPrefixes, thingId } from '@tidings/statement'
import { z } from 'zod'
import { instant, leaf, verdict } from './views.ts'

/** One statement as the stream of changes tells it: that it is there, and what became of it. Never what it says. */
export const change = z
  .object({
    leaf,
    time: instant,
    statement: statementId,
    kind: z.string(),
    iss: partyId,
    stream: z.enum(streamPrefixes),
    about: z.string().meta({ description: 'Id of the thing; of the party, for its own statements' }),
    mechanism: thingId.exactOptional(),
    verdict: verdict.meta({ description: 'The verdict at its own leaf: a draft is held, whatever became of it later' }),
    releases: z
      .object({ statement: statementId, leaf, kind: z.string() })
      .exactOptional()
      .meta({ description: 'The draft that counts from this leaf on' }),
  })
  .meta({ id: 'Change' })
/** One statement as the stream of changes tells it. */
export type Change = z.infer<typeof change>

/** How far the stream has looked: everything up to this leaf that the reader may know of has been sent. -1 before all. */
export const changesPosition = z.object({ leaf: z.int().min(-1) }).meta({ id: 'ChangesPosition' })
/** How far the stream has looked. */
export type ChangesPosition = z.infer<typeof changesPosition>

/** Why a stream of changes ends: connect again, with a token that counts, from the leaf that is named. */
export const changesEnd = changesPosition
  .extend({ reason: z.enum(['token-expired', 'key-ended', 'closing']) })
  .meta({ id: 'ChangesEnd' })
/** Why a stream of changes ends. */
export type ChangesEnd = z.infer<typeof changesEnd>

/** The events of the stream of changes by their names; each carries a leaf as its id. */
export const changesEvents = { change, position: changesPosition, end: changesEnd } as const
