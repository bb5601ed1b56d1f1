import { following } from '../define-rule.ts'
import { participantsAt, rulesAt } from '../mechanism.ts'
import { effective, voided } from '../verdict.ts'

export const mechanismSuspend = following('mechanism.suspend', 'mechanism', {
  judge(mechanism, { payload: { iss }, leaf }) {
    const present = participantsAt(mechanism, leaf)
    if (present.length === 0) return voided('mechanism-not-in-force')
    const role = present.find(({ party }) => party === iss)?.role
    if (role === undefined) return voided('not-a-participant')
    const allowed: readonly string[] = rulesAt(mechanism, leaf)?.rules.suspension?.by ?? ['commission', 'mediator']
    if (!allowed.includes(role)) return voided('role-may-not-say-this')
    const own = mechanism.suspensions?.find(({ by }) => by === iss)
    return own ? voided('already-suspended', { leaf: own.since }) : effective
  },
  evolve(mechanism, { payload: { iss: by }, id: statement, leaf: since }) {
    return { ...mechanism, suspensions: [...(mechanism.suspensions ?? []), { statement, by, since }] }
  },
})
