import { newThingId, type Statement } from '@tidings/statement'
import type { TestDesk } from './test-desk.ts'
import type { TestParty } from './world.ts'

/** Everybody who may ask, by the role in which they do. */
export const roles = [
  'author',
  'addressee',
  'mediator',
  'agency',
  'third',
  'observer',
  'stranger',
  'elsewhere',
  'there',
] as const
/** One who asks. The stranger takes part in nothing, `elsewhere` and `there` in another mechanism. */
export type Role = (typeof roles)[number]

/** A world that holds one of everything that can be asked for. */
export interface Everything {
  readonly parties: Readonly<Record<Role, TestParty>>
  /** Mechanisms with the roles in them, and whether the mediator reads content by the rules. */
  readonly mechanisms: readonly { readonly id: string; readonly in: readonly Role[]; readonly mediatorReads: boolean }[]
  /** Statements that do not count, by their ids. */
  readonly held: ReadonlySet<string>
  readonly void: ReadonlySet<string>
  /** Drafts that a release has brought into effect, by the id of the release. */
  readonly released: ReadonlyMap<string, Statement>
}

/** Records one of everything, and publishes it. */
export async function everythingIn(t: TestDesk): Promise<Everything> {
  const { world } = t
  const made: Partial<Record<Role, TestParty>> = {}
  for (const role of roles) made[role] = await world.party()
  const parties = made as Record<Role, TestParty>
  const { author, addressee, mediator, agency, third, observer, elsewhere, there } = parties
  const drafting = await addressee.delegates('draft')
  await author.delegates('read')

  const main = await world.mechanism(
    [author, 'commission', 'A'],
    [addressee, 'commission', 'B'],
    [mediator, 'mediator', 'M'],
    [agency, 'central-agency', 'C'],
    [third, 'commission', 'T'],
    [observer, 'observer', 'O'],
  )
  const rules = { version: 1, zone: 'Asia/Tbilisi', calendars: [] }
  const period = { n: 10, unit: 'calendar-days' } as const
  await world.agreed(
    main,
    { ...rules, periods: { reply: period, acknowledge: period }, reminders: { every: 7 } },
    author,
    addressee,
    mediator,
    third,
  )
  // A second in which the agency gets no copies, and the mediator reads.
  const apart = await world.mechanism(
    [author, 'commission', 'A'],
    [addressee, 'commission', 'B'],
    [mediator, 'mediator', 'M'],
    [agency, 'central-agency', 'C'],
  )
  const without = { ...rules, periods: { reply: period }, agencyCopy: false, mediatorContent: true }
  await world.agreed(apart, without, author, addressee, mediator)
  const other = await world.mechanism([elsewhere, 'commission', 'E'], [there, 'commission', 'F'])
  // Rules that wait for their acceptance open duties about the mechanism itself.
  await author.proposesRules(main, { ...rules, version: 2, periods: { reply: period } })

  const copy = { aud: [agency] }
  const asked = await author.submits(addressee, main, ['fate', 'remains'], copy)
  await addressee.acknowledges(asked, copy)
  const reply = await addressee.replies(
    asked,
    [
      { question: 'fate', disposition: 'given' },
      { question: 'remains', disposition: 'not-now', review: '2031-06-01' },
    ],
    copy,
  )
  await author.assesses(asked, reply, [{ question: 'fate', assessment: 'accepted' }], copy)
  const late = await addressee.replies(asked, [{ question: 'fate', disposition: 'given' }], copy)

  // Asked with the observer listening, answered without it: the observer knows of the one, not of the other.
  const overheard = await author.submits(addressee, main, ['documents'], { aud: [agency, observer] })
  await addressee.replies(overheard, [{ question: 'documents', disposition: 'none-found' }], copy)

  const drafted = await author.submits(addressee, main, ['burial-place'], copy)
  const answers = [{ question: 'burial-place', disposition: 'given' }] as const
  const released = await addressee.replies(drafted, [...answers], { ...copy, key: drafting })
  const release = await addressee.releases(released)
  const waiting = await author.submits(addressee, main, ['circumstances'], copy)
  const held = [
    await addressee.replies(waiting, [{ question: 'circumstances', disposition: 'given' }], { ...copy, key: drafting }),
    await addressee.submits(author, main, ['fate'], { ...copy, key: drafting }),
    await addressee.describesCase(newThingId(), { ...copy, key: drafting }),
  ]

  await author.submits(addressee, apart, ['fate'])
  await author.discloses([addressee], apart)
  const told = await author.discloses([addressee, third], main, copy)
  await third.acknowledges(told, copy)

  await author.describesCase()
  await author.describesCase(newThingId(), copy)
  await author.describesSite()
  await author.describesSite(copy)
  await author.publishesList(main)
  await author.publishesList(main, { aud: [addressee, mediator, observer] })
  await elsewhere.describesCase()
  await elsewhere.submits(there, other)
  await t.publish()

  return {
    parties,
    mechanisms: [
      { id: main, in: ['author', 'addressee', 'mediator', 'agency', 'third', 'observer'], mediatorReads: false },
      { id: apart, in: ['author', 'addressee', 'mediator', 'agency'], mediatorReads: true },
      { id: other, in: ['elsewhere', 'there'], mediatorReads: false },
    ],
    held: new Set(held.map(({ id }) => id)),
    void: new Set([late.id]),
    released: new Map([[release.id, released]]),
  }
}
