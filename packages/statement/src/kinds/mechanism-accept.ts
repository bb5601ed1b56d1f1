import { z } from 'zod'
import { defineKind } from '../define-kind.ts'

/** `mechanism.accept`: a party accepts the proposal that `re` names: one that it stands in, or that changes a mechanism it is in. */
export const mechanismAccept = defineKind({
  kind: 'mechanism.accept',
  stream: 'mechanism',
  founds: false,
  body: z.strictObject({}),
  mechanism: 'none',
  to: 'none',
  re: 'one',
})
