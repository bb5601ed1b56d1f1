import { z } from 'zod'
import { defineKind } from '../define-kind.ts'

/** `request.withdraw`: the asker takes the request back. Closes its questions and ends every duty about it. */
export const requestWithdraw = defineKind({
  kind: 'request.withdraw',
  stream: 'request',
  founds: false,
  body: z.strictObject({}),
  mechanism: 'one',
  to: 'none',
  re: 'one',
})
