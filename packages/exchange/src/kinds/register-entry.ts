import type { Kind } from '@tidings/statement'
import { founding } from '../define-rule.ts'
import { effective, voided } from '../verdict.ts'

/** The rule of a party's own register entries and lists: whoever founded the stream speaks in it, and the latest stands. */
export function registerEntry<
  K extends Kind & ('case.describe' | 'list.publish' | 'site.describe'),
  P extends 'case' | 'list' | 'site',
>(kind: K, prefix: P) {
  return founding(kind, prefix, {
    judge(entry, { payload, participants }) {
      if (entry && entry.founder !== payload.iss) return voided('not-the-founder')
      // A list may be published under a mechanism: then to those in it.
      const isOutside = (party: string) => !participants.some((participant) => participant.party === party)
      if (participants.length > 0 && payload.aud?.some(isOutside)) return voided('audience-not-in-mechanism')
      return effective
    },
    evolve(entry, { payload, id, leaf }) {
      return { founder: payload.iss, latest: { statement: id, leaf }, versions: (entry?.versions ?? 0) + 1 }
    },
  })
}
