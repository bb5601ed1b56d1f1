import type { Participant } from '@tidings/exchange'
import { mechanismTerms, newThingId } from '@tidings/statement'
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
