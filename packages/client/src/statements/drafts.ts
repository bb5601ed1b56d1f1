import { prefixOf, type Statement } from '@tidings/statement'
import type { Unsigned } from './unsigned.ts'

/** Has a draft judged from here on; under a `release` or `sign` key. */
export function release(draft: Pick<Statement, 'id' | 'payload'>): Unsigned<'statement.release'> {
  const { payload } = draft
  return {
    kind: 'statement.release',
    about: payload.about,
    ...(payload.mechanism && { mechanism: payload.mechanism }),
    ...(payload.aud && { aud: payload.aud }),
    re: [draft.id],
    body: { stream: prefixOf(payload) },
  }
}
