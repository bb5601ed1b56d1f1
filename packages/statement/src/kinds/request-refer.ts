import { z } from 'zod'
import { note } from '../contents/note.ts'
import { defineKind, setOf } from '../define-kind.ts'
import { questions, referralGrounds } from '../vocabularies.ts'

/**
 * `request.refer`: the asker brings open questions, or the return that `re` names, before whoever decides referrals. Opens `decide-referral`; `reply` keeps
 * running.
 */
export const requestRefer = defineKind({
  kind: 'request.refer',
  stream: 'request',
  founds: false,
  body: z.strictObject({ questions: setOf(z.enum(questions), questions.length), ground: z.enum(referralGrounds) }),
  mechanism: 'one',
  to: 'none',
  re: 'one',
  content: { mediaTypes: [note.mediaType], required: false },
})
