import { z } from 'zod'
import { largestBucket, smallestBucket } from './commitment.ts'
import type { Fault } from './errors.ts'
import { digest, partyId, statementId, thingId } from './identifiers.ts'
import type { ContentReference, DocumentReference, Payload, Seen } from './payload.ts'
import { caveats, type StreamPrefix } from './vocabularies.ts'

/** How many of something a kind takes. */
type Count = 'none' | 'optional' | 'one' | 'some'

/** What a kind of statement is: its stream, its body, and what may stand beside it. */
interface KindDefinition<K extends string, S extends StreamPrefix | 'any', B extends z.ZodType> {
  readonly kind: K
  /** Prefix of the streams it belongs to; `any` for kinds that belong to every stream and name the prefix in their body. */
  readonly stream: S
  /** Whether it may be the first effective statement of its stream. */
  readonly founds: boolean
  readonly body: B
  /** Whether it is said under a mechanism. */
  readonly mechanism: 'none' | 'optional' | 'one'
  /** Who owes an answer. */
  readonly to: Count
  /** The statements of the same stream that it answers. */
  readonly re: Count
  /** The public document beside it. */
  readonly document?: { readonly mediaType: string; readonly required: boolean }
  /** The one content that it may or must bring. */
  readonly content?: { readonly mediaTypes: readonly [string, ...string[]]; readonly required: boolean }
  /** A rule across members: the fault, or nothing. */
  readonly rule?: (payload: Payload<K, z.infer<B>>) => Fault | undefined
}

function areDistinct(items: readonly unknown[]): boolean {
  return items.length < 2 || new Set(items.map((item) => JSON.stringify(item))).size === items.length
}

/** Schema of a list that is left out when empty, holds at most so many items and none twice. */
export function setOf<T extends z.ZodType>(item: T, most: number) {
  return z
    .array(item)
    .min(1, 'must be left out when empty')
    .max(most, `must hold at most ${most} items`)
    .refine(areDistinct, 'must not repeat an item')
    .meta({ uniqueItems: true })
}

// Not left to `Date.parse`, which takes the 30th of February in one engine and refuses it in another.
const instant = z.iso.datetime({
  precision: 0,
  error: 'must be an RFC 3339 instant that exists, in UTC and whole seconds',
})

const seen: z.ZodType<Seen> = z
  .strictObject({
    origin: z.string().regex(/^[\x21-\x2a\x2c-\x7e]{1,255}$/, 'must be the origin of a log'),
    size: z.int().min(0),
    root: digest,
  })
  .meta({ id: 'seen', description: 'The last checkpoint of the log that the author has verified' })

const buckets: number[] = []
for (let size = smallestBucket; size <= largestBucket; size *= 2) buckets.push(size)
const bucket = z.literal(buckets, 'must be a power of two from 1 KiB to 1 MiB')

function counted(item: z.ZodType<string>, count: Exclude<Count, 'none'>) {
  if (count === 'one') return z.array(item).length(1, 'must hold exactly one item')
  return count === 'some' ? setOf(item, 20) : setOf(item, 20).exactOptional()
}

/**
 * Defines a kind of statement: adding a kind is adding a file. What a kind means for duties and questions stands in `exchange`.
 */
export function defineKind<const K extends string, const S extends StreamPrefix | 'any', B extends z.ZodType>(
  definition: KindDefinition<K, S, B>,
): KindDefinition<K, S, B> & { readonly payload: z.ZodType<Payload<K, z.infer<B>>> } {
  const { kind, stream, body, mechanism, to, re, document, content } = definition
  const documentReference =
    document &&
    (z.strictObject({ sha256: digest, mediaType: z.literal(document.mediaType) }) as z.ZodType<DocumentReference>)
  const contentReferences =
    content &&
    (z
      .array(z.strictObject({ subject: thingId, commitment: digest, mediaType: z.enum(content.mediaTypes), bucket }))
      .length(1, 'must hold exactly one content') as z.ZodType<ContentReference[]>)
  const payload = z
    .strictObject({
      v: z.literal(1),
      kind: z.literal(kind),
      iss: partyId,
      ...(mechanism === 'one' && { mechanism: thingId }),
      ...(mechanism === 'optional' && { mechanism: thingId.exactOptional() }),
      about: stream === 'party' ? partyId : stream === 'any' ? z.union([thingId, partyId]) : thingId,
      ...(to !== 'none' && { to: counted(partyId, to) }),
      aud: setOf(partyId, 20).exactOptional(),
      iat: instant,
      ...(re !== 'none' && { re: counted(statementId, re) }),
      seen,
      caveats: setOf(z.enum(caveats), caveats.length).exactOptional(),
      body,
      ...(documentReference && { document: document.required ? documentReference : documentReference.exactOptional() }),
      ...(contentReferences && { content: content.required ? contentReferences : contentReferences.exactOptional() }),
    })
    .superRefine((value, context) => {
      const whole = value as unknown as Payload<K, z.infer<B>>
      if (whole.to?.some((party) => !whole.aud?.includes(party))) {
        context.addIssue({ code: 'custom', path: ['aud'], message: 'must name everyone who stands in to' })
      }
      const fault = definition.rule?.(whole)
      if (fault) context.addIssue({ code: 'custom', path: fault.field.split('/').slice(1), message: fault.rule })
    })
    .meta({ id: kind, title: kind })
  return { ...definition, payload: payload as unknown as z.ZodType<Payload<K, z.infer<B>>> }
}
