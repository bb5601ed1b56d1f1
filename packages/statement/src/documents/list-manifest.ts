import { z } from 'zod'
import { calendarDate, digest } from '../identifiers.ts'

/** What a list holds, without its ids: version, as-of date, count, and the RFC 6962 root over the case ids (16 bytes each, ascending). */
export const listManifest = {
  mediaType: 'application/vnd.tidings.list-manifest+json',
  schema: z
    .strictObject({ version: z.int().min(1), asOf: calendarDate, count: z.int().min(0).max(65_536), root: digest })
    .meta({ id: 'listManifest', title: 'Manifest of a list' }),
} as const

/** The manifest of a list. */
export type ListManifest = z.infer<typeof listManifest.schema>
