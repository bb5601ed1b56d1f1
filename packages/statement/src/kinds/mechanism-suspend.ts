import { z } from 'zod'
import { defineKind } from '../define-kind.ts'

/**
 * `mechanism.suspend`: the mechanism stands still until its author resumes it. Meanwhile nothing is asked, answered or disclosed under it, but what
 * the rules allow. Stated by those whose role the rules name: any commission and the mediator, unless agreed otherwise.
 */
export const mechanismSuspend = defineKind({
  kind: 'mechanism.suspend',
  stream: 'mechanism',
  founds: false,
  body: z.strictObject({}),
  mechanism: 'none',
  to: 'none',
  re: 'none',
})
