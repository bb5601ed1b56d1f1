import type { Rules } from '@tidings/statement'
import { following } from '../define-rule.ts'
import { mustAcceptRules, participantsAt, rulesAt } from '../mechanism.ts'
import { takeEffect } from '../take-effect.ts'
import { effective, voided } from '../verdict.ts'

export const mechanismProposeRules = following('mechanism.propose-rules', 'mechanism', {
  judge(mechanism, { payload: { iss, body }, document, leaf }) {
    const present = participantsAt(mechanism, leaf)
    if (present.length === 0) return voided('mechanism-not-in-force')
    if (!present.some(({ party }) => party === iss)) return voided('not-a-participant')
    if (!mustAcceptRules(present).includes(iss)) return voided('role-may-not-say-this')
    const current = rulesAt(mechanism, leaf)
    if (body.version !== (current?.version ?? 0) + 1 || rulesIn(document).version !== body.version)
      return voided('not-the-next-version', current && { leaf: current.inForceSince ?? current.leaf })
    return effective
  },
  evolve(mechanism, { payload: { iss, about, body }, document, id: statement, leaf }) {
    const proposed = {
      version: body.version,
      statement,
      leaf,
      by: iss,
      rules: rulesIn(document),
      accepted: { [iss]: leaf },
    }
    return takeEffect({ ...mechanism, rules: [...(mechanism.rules ?? []), proposed] }, { about, statement, leaf })
  },
})

/** The rules of a document, which whoever handed it over has checked against their schema. */
function rulesIn(document: unknown): Rules {
  if (typeof document !== 'object' || document === null)
    throw new TypeError('internal error: proposed rules were handed to the fold without their document')
  return document as Rules
}
