import type { Participant } from '@tidings/exchange'
import { mechanismTerms, newThingId, type Rules, rules } from '@tidings/statement'
import type { z } from 'zod'
import { jsonDocument, type Unsigned } from './unsigned.ts'

/** Who is to take part in a mechanism. Without an id it is a new mechanism. */
export function propose(proposal: {
  readonly id?: string
  readonly participants: readonly Participant[]
  readonly terms?: z.infer<typeof mechanismTerms.schema>
}): Unsigned<'mechanism.propose'> {
  return {
    kind: 'mechanism.propose',
    about: proposal.id ?? newThingId(),
    body: { participants: [...proposal.participants] },
    ...(proposal.terms && { document: jsonDocument(mechanismTerms.mediaType, proposal.terms) }),
  }
}

/** A party accepts a proposal, by the id of the statement that made it. */
export function accept(mechanism: string, proposal: string): Unsigned<'mechanism.accept'> {
  return { kind: 'mechanism.accept', about: mechanism, re: [proposal], body: {} }
}

/** The next version of the rules of a mechanism. Proposing accepts. */
export function proposeRules(mechanism: string, proposed: Rules): Unsigned<'mechanism.propose-rules'> {
  return {
    kind: 'mechanism.propose-rules',
    about: mechanism,
    body: { version: proposed.version },
    document: jsonDocument(rules.mediaType, proposed),
  }
}

/** A commission or the mediator accepts rules, by the id of the statement that proposed them. */
export function acceptRules(mechanism: string, proposal: string): Unsigned<'mechanism.accept-rules'> {
  return { kind: 'mechanism.accept-rules', about: mechanism, re: [proposal], body: {} }
}

/** The mechanism stands still until its author resumes it. */
export function suspend(mechanism: string): Unsigned<'mechanism.suspend'> {
  return { kind: 'mechanism.suspend', about: mechanism, body: {} }
}

/** A party ends its own suspension, by the id of the statement that began it. */
export function resume(mechanism: string, suspension: string): Unsigned<'mechanism.resume'> {
  return { kind: 'mechanism.resume', about: mechanism, re: [suspension], body: {} }
}

/** A party takes part no more. It discharges nothing: duties stand still until it rejoins. */
export function leave(mechanism: string): Unsigned<'mechanism.leave'> {
  return { kind: 'mechanism.leave', about: mechanism, body: {} }
}
