import { z } from 'zod'
import { defineKind } from '../define-kind.ts'
import { rules } from '../documents/rules.ts'

/**
 * `mechanism.propose-rules`: the next version of the rules, a public document. Stated by a commission or the mediator; proposing is accepting. In
 * force when every commission and the mediator have accepted, from that leaf on and never before it. The version is one more than that in force.
 */
export const mechanismProposeRules = defineKind({
  kind: 'mechanism.propose-rules',
  stream: 'mechanism',
  founds: false,
  body: z.strictObject({ version: z.int().min(1).max(100_000) }),
  mechanism: 'none',
  to: 'none',
  re: 'none',
  document: { mediaType: rules.mediaType, required: true },
})
