import { z } from 'zod'
import { defineKind } from '../define-kind.ts'

/** `disclosure.acknowledge`: an addressee has received the disclosure. Discharges its `acknowledge`. */
export const disclosureAcknowledge = defineKind({
  kind: 'disclosure.acknowledge',
  stream: 'disclosure',
  founds: false,
  body: z.strictObject({}),
  mechanism: 'one',
  to: 'none',
  re: 'one',
})
