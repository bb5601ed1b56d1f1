import { ProblemError } from '@tidings/service-kit'
import { fromBase64url, textOf, thingId, toBase64url, utf8 } from '@tidings/statement'
import { z } from 'zod'

/** A place in an order, by two numbers: what follows it is the next page. */
export type Place = readonly [number, number]

/** The place before everything. */
export const beginning: Place = [-1, -1]

/** Which of two places comes first. */
export function comparePlaces(a: Place, b: Place): number {
  return a[0] - b[0] || a[1] - b[1]
}

const place = z.tuple([z.int(), z.int()])

/** A place in an order, and one in the order of what stands there. */
export type NestedPlace = readonly [outer: Place, inner: Place]

/** A place as an opaque cursor. */
export function encodeCursor(at: Place): string {
  return encode(at)
}

/**
 * The place of a cursor; the beginning without one.
 *
 * @throws {ProblemError} `parameters`
 */
export function decodeCursor(cursor: string | undefined): Place {
  return cursor === undefined ? beginning : decode(cursor, place)
}

/** A place within a place as an opaque cursor. */
export function encodeNestedCursor(at: NestedPlace): string {
  return encode(at)
}

/**
 * The place within a place of a cursor; the beginning without one.
 *
 * @throws {ProblemError} `parameters`
 */
export function decodeNestedCursor(cursor: string | undefined): NestedPlace {
  return cursor === undefined ? [beginning, beginning] : decode(cursor, z.tuple([place, place]))
}

/**
 * Refuses what is no cursor, before anything is found.
 *
 * @throws {ProblemError} `parameters`
 */
export function assertCursor(cursor: string | undefined): void {
  decodeCursor(cursor)
}

/** An id as an opaque cursor, where ids are the order. */
export function encodeIdCursor(id: string): string {
  return encode(id)
}

/**
 * The id of a cursor; what comes before every id without one.
 *
 * @throws {ProblemError} `parameters`
 */
export function decodeIdCursor(cursor: string | undefined): string {
  return cursor === undefined ? '' : decode(cursor, thingId)
}

function encode(at: unknown): string {
  return toBase64url(utf8(JSON.stringify(at)))
}

function decode<T>(cursor: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(textOf(fromBase64url(cursor))))
  } catch (cause) {
    throw new ProblemError(
      'parameters',
      {
        field: 'query/cursor',
        rule: 'must be the next of a page',
        detail: 'Send the next of a page, or no cursor.',
      },
      { cause },
    )
  }
}
