import { z } from 'zod'
import { burialPlace } from '../contents/burial-place.ts'
import { defineKind } from '../define-kind.ts'

/** `site.describe`: a party's own register entry of a burial place. It tells nobody; `disclosure.make` transmits it. The latest stands. */
export const siteDescribe = defineKind({
  kind: 'site.describe',
  stream: 'site',
  founds: true,
  body: z.strictObject({}),
  mechanism: 'none',
  to: 'none',
  re: 'none',
  content: { mediaTypes: [burialPlace.mediaType], required: true },
})
