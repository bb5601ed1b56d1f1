import { z } from 'zod'
import { defineKind } from '../define-kind.ts'

/** `mechanism.accept-rules`: a commission or the mediator accepts the rules that the proposal in `re` brought. Discharges `accept-rules`. */
export const mechanismAcceptRules = defineKind({
  kind: 'mechanism.accept-rules',
  stream: 'mechanism',
  founds: false,
  body: z.strictObject({}),
  mechanism: 'none',
  to: 'none',
  re: 'one',
})
