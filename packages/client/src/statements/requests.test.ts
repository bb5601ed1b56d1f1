import { describe, expect, it } from 'vitest'
import { acknowledge, participantsIn, refer } from './requests.ts'

const participants = [
  { party: 'a', role: 'commission', code: 'A' },
  { party: 'b', role: 'commission', code: 'B' },
  { party: 'c', role: 'commission', code: 'C' },
  { party: 'g', role: 'central-agency', code: 'G' },
] as const
const request = { id: 'r', mechanism: 'm', asker: 'a', addressee: 'b', submitted: { statement: 's' } }
const version = (n: number, decides: string | undefined, inForceSince?: number) => ({
  version: n,
  place: { statement: `rules ${n}`, leaf: n, time: '2031-01-01T00:00:00Z' },
  by: 'a',
  accepted: [],
  waitsFor: [],
  ...(inForceSince !== undefined && { inForceSince }),
  rules: { version: n, zone: 'UTC', periods: {}, ...(decides !== undefined && { referral: { decides } }) },
})
const audiences = (rules: readonly ReturnType<typeof version>[]) => {
  const known = participantsIn({ participants: [...participants], rules: [...rules] })
  const content = { subject: 's' }
  return [
    acknowledge(request, known).aud,
    refer(
      { request: { ...request, content }, participants: known, by: 'a' },
      { questions: ['fate'], ground: 'no-reply' },
    ).aud,
  ]
}

describe('what is said in a request', () => {
  it('is for the other side and the central agency', () =>
    expect(audiences([version(1, undefined, 1)])).toEqual([
      ['a', 'g'],
      ['b', 'g'],
    ]))

  it('is for the party, too, that decides referrals by the rules in force, from the first statement on', () =>
    expect(audiences([version(1, 'c', 1), version(2, 'g')])).toEqual([
      ['a', 'c', 'g'],
      ['b', 'c', 'g'],
    ]))

  it('names nobody twice, and never its author', () =>
    expect(audiences([version(1, 'c', 1), version(2, 'a', 2)])).toEqual([
      ['a', 'g'],
      ['b', 'g'],
    ]))
})
