import { z } from 'zod'
import { defineKind } from '../define-kind.ts'
import { mechanismTerms } from '../documents/mechanism-terms.ts'
import { partyId } from '../identifiers.ts'
import { partyRoles } from '../vocabularies.ts'

const participant = z
  .strictObject({
    party: partyId,
    role: z.enum(partyRoles),
    /** Short neutral code by which references name the party. */
    code: z.string().regex(/^[A-Z]{1,4}$/, 'must be one to four letters A to Z'),
  })
  .meta({ id: 'participant', description: 'A party in a mechanism: its role and the code by which references name it' })

const repeats = <T>(items: readonly T[]) => new Set(items).size < items.length

/**
 * `mechanism.propose`: who takes part in a mechanism, in which role and under which code. The first proposal founds the stream and is in force
 * when all it names have accepted; a later one, when all present and all new have. Proposing is accepting.
 */
export const mechanismPropose = defineKind({
  kind: 'mechanism.propose',
  stream: 'mechanism',
  founds: true,
  body: z.strictObject({
    participants: z
      .array(participant)
      .min(2)
      .max(40)
      .refine((all) => !repeats(all.map((p) => p.party)), 'must not name a party twice')
      .refine((all) => !repeats(all.map((p) => p.code)), 'must not use a code twice')
      .refine((all) => all.filter((p) => p.role === 'mediator').length <= 1, 'must hold at most one mediator')
      .refine(
        (all) => all.filter((p) => p.role === 'central-agency').length <= 1,
        'must hold at most one central agency',
      ),
  }),
  mechanism: 'none',
  to: 'none',
  re: 'none',
  document: { mediaType: mechanismTerms.mediaType, required: false },
})
