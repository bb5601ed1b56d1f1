import { z } from 'zod'
import { defineKind } from '../define-kind.ts'

/**
 * `mechanism.leave`: a party takes part no more. It discharges nothing: its duties, and those towards it, stand still until it rejoins by a later
 * proposal.
 */
export const mechanismLeave = defineKind({
  kind: 'mechanism.leave',
  stream: 'mechanism',
  founds: false,
  body: z.strictObject({}),
  mechanism: 'none',
  to: 'none',
  re: 'none',
})
