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
    const all = mechanism.standing?.length ? mechanism.suspensions : undefined
    const own = all?.findLast(({ by, until }) => by === iss && until === undefined)
    return own ? voided('already-suspended', { leaf: own.since }) : effective
  },
  evolve(mechanism, { payload: { iss: by }, id: statement, leaf: since }) {
    const { resumedAt: _, ...rest } = mechanism
    const { suspensions = [], standing = [] } = mechanism
    return { ...rest, suspensions: [...suspensions, { statement, by, since }], standing: [...standing, statement] }
  },
})
