import { z } from 'zod'
import { defineKind } from '../define-kind.ts'

/** `mechanism.resume`: a party ends its own suspension, which `re` names. The mechanism stands still while any other stands. */
export const mechanismResume = defineKind({
  kind: 'mechanism.resume',
  stream: 'mechanism',
  founds: false,
  body: z.strictObject({}),
  mechanism: 'none',
  to: 'none',
  re: 'one',
})
