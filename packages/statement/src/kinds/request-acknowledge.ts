import { z } from 'zod'
import { defineKind } from '../define-kind.ts'

/** `request.acknowledge`: the addressee has received the request. Discharges `acknowledge`. */
export const requestAcknowledge = defineKind({
  kind: 'request.acknowledge',
  stream: 'request',
  founds: false,
  body: z.strictObject({}),
  mechanism: 'one',
  to: 'none',
  re: 'one',
})
