import { z } from 'zod'
import { vagueDate } from './vague-date.ts'

const text = z.string().min(1).max(500)
const long = z.string().min(1).max(20_000)
const count = z.number().min(0).max(1_000_000)
const position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])

const geometry = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('Point'), coordinates: position }),
    z.strictObject({ type: z.literal('LineString'), coordinates: z.array(position).min(2).max(1000) }),
    z.strictObject({
      type: z.literal('Polygon'),
      coordinates: z.array(z.array(position).min(4).max(1000)).min(1).max(10),
    }),
  ])
  .nullable()

/**
 * A burial place as one side knows it: a GeoJSON feature (RFC 7946; `geometry` is null when no coordinates are known) whose properties use
 * Darwin Core terms for locality, datum, uncertainty and verbatim coordinates. Its status is a claim of its author.
 */
export const burialPlace = {
  mediaType: 'application/geo+json',
  schema: z
    .strictObject({
      type: z.literal('Feature'),
      geometry,
      properties: z.strictObject({
        registerNumber: text.exactOptional(),
        names: z.array(text).max(20).exactOptional(),
        kind: text.exactOptional(),
        status: text.exactOptional(),
        established: vagueDate.exactOptional(),
        persons: z
          .strictObject({
            buried: count.exactOptional(),
            exhumed: count.exactOptional(),
            identified: count.exactOptional(),
          })
          .exactOptional(),
        intervention: z.strictObject({ kind: text.exactOptional(), date: vagueDate.exactOptional() }).exactOptional(),
        markings: long.exactOptional(),
        hazard: text.exactOptional(),
        // Darwin Core location terms.
        locality: text.exactOptional(),
        municipality: text.exactOptional(),
        county: text.exactOptional(),
        stateProvince: text.exactOptional(),
        country: text.exactOptional(),
        verbatimLocality: long.exactOptional(),
        verbatimCoordinates: text.exactOptional(),
        geodeticDatum: text.exactOptional(),
        coordinateUncertaintyInMeters: z.number().positive().max(1_000_000).exactOptional(),
        coordinatePrecision: z.enum(['exact', 'approximate', 'representative', 'unknown']).exactOptional(),
        remarks: long.exactOptional(),
        source: long.exactOptional(),
      }),
    })
    .meta({ id: 'burialPlace', title: 'A burial place as one side knows it' }),
} as const

/** A burial place as one side knows it. */
export type BurialPlace = z.infer<typeof burialPlace.schema>
