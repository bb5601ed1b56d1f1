import { thumbprint } from '@tidings/statement'
import { following } from '../define-rule.ts'
import { endKeys, keysAt } from '../party.ts'
import { effective, voided } from '../verdict.ts'

export const partyRotateKeys = following('party.rotate-keys', 'party', {
  judge(party, { payload: { body }, leaf, role }) {
    const current = keysAt(party, leaf)
    const add = body.add ?? []
    const ending = (body.end ?? []).map((kid) => current.find((key) => key.kid === kid))
    if (ending.some((key) => !key || key.label !== undefined)) return voided('unknown-target-key')
    if (add.some(({ jwk }) => party.keys.some((key) => key.kid === thumbprint(jwk)))) return voided('key-reused')
    const newRecover = add.filter((key) => key.role === 'recover')
    const touchesRecover = newRecover.length > 0 || ending.some((key) => key?.role === 'recover')
    if (touchesRecover && role !== 'recover') return voided('needs-recover-key')
    if (newRecover.some(({ jwk }) => thumbprint(jwk) !== party.nextRecover)) return voided('not-the-committed-key')
    const left = [...current.filter((key) => !ending.includes(key)), ...add]
    if (!left.some((key) => key.role === 'sign') || !left.some((key) => key.role === 'recover'))
      return voided('last-key')
    return effective
  },
  evolve(party, { payload: { body }, leaf }) {
    const ended = endKeys(party, body.end ?? [], leaf, 'ended')
    const added = (body.add ?? []).map(({ jwk, role }) => ({ kid: thumbprint(jwk), jwk, role, since: leaf }))
    return { ...ended, keys: [...ended.keys, ...added], nextRecover: body.nextRecover ?? party.nextRecover }
  },
})
