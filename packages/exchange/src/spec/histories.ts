import {
  type Assessment,
  assessments,
  type Disposition,
  dispositions,
  type Kind,
  type PayloadOf,
  type Question,
  questions,
  type ReferralOutcome,
  type Rules,
  referralOutcomes,
  remindable,
} from '@tidings/statement'
import fc from 'fast-check'
import { type Correctable, type DutyKind, dutiesOf, isOpen, keysAt, participantsAt, suspensionsOf } from '../index.ts'
import {
  type Answers,
  begin,
  type CorrectedKind,
  mechanismOf,
  nameOf,
  type PartyAct,
  party,
  rulesOf,
  usualRoles,
} from './acts.ts'
import { again, sayAll } from './given.ts'
import { allParties, kidOf, partyOf, thing } from './parties.ts'
import { type Act, World } from './world.ts'

/** Everyone who takes part in a generated history; X is in no mechanism at first. */
export const everyone = allParties
/** The mechanisms of a generated history, and who begins them. */
const mechanisms: Readonly<Record<string, readonly string[]>> = {
  MECH: ['A', 'B', 'C', 'M', 'G', 'O'],
  MECH2: ['A', 'B'],
  MECH3: ['B', 'C', 'D'],
  MECH4: ['E', 'F', 'H', 'M'],
  MECH5: ['I', 'J', 'K', 'L', 'N', 'P', 'Q', 'R', 'S'],
}

/** Numbers from which a statement is made up when its turn comes. */
interface Intent {
  readonly what: number
  readonly who: number
  readonly whom: number
  readonly which: number
  readonly how: number
  /** At 0 whoever, about whatever, under whatever key; otherwise what makes sense in its place. */
  readonly sense: number
  /** What is wild, where something is: who, which key, the mechanism, or the audience. */
  readonly wild: number
}

const intent: fc.Arbitrary<Intent> = fc.record({
  what: fc.nat(999),
  who: fc.nat(999),
  whom: fc.nat(999),
  which: fc.nat(999),
  how: fc.nat(999),
  sense: fc.nat(5),
  wild: fc.nat(3),
})

const pick = <T>(from: readonly T[], number: number): T | undefined => from[number % Math.max(1, from.length)]

const keyNames = [
  'sign',
  'sign-2',
  'sign-3',
  'seal',
  'recover',
  'recover-2',
  'officer-1',
  'officer-1-release',
  'officer-2',
  'head-1',
  'service-1',
]

/** A key of the party that may speak now, by name. */
function speakingKey(world: World, who: string, { how, which }: Intent): string {
  const state = world.thing('party', partyOf(who))
  const current = state ? keysAt(state, world.leaf) : []
  const roles = how % 4 === 0 ? ['draft'] : how % 4 === 1 ? ['release', 'sign'] : ['sign']
  const names = keyNames.filter((name) =>
    current.some(({ kid, role }) => kid === kidOf(who, name) && roles.includes(role)),
  )
  return pick(names, which) ?? 'sign'
}

/** Those of the names about which something of this kind has been said, whatever came of it. */
const thingNames = (world: World, kind: Kind, names: readonly string[]) =>
  names.filter((name) => world.saidOf(kind).has(thing(name)))

const numbered = (letter: string) => Array.from({ length: 12 }, (_, i) => `${letter}${i}`)
const [requests, disclosures] = [numbered('R'), numbered('D')]

function membersOf(world: World, mechanism: string, role?: string): string[] {
  const state = world.thing('mechanism', thing(mechanism))
  const found = state ? participantsAt(state, world.leaf) : []
  return found.filter((p) => role === undefined || p.role === role).flatMap((p) => nameOf(p.party) ?? [])
}

function answersFor(world: World, name: string, { how, which, sense }: Intent): Answers {
  const request = world.thing('request', thing(name))
  const owed = request?.owed.filter(({ kind }) => kind === 'reply' || kind === 'review')
  const sensible = owed?.flatMap(({ question }) => question ?? []) ?? []
  const some = sense === 0 || sensible.length === 0 ? questions : sensible
  const chosen = [pick(some, how), pick(some, which)] as const
  return {
    ...(chosen[0] && { [chosen[0]]: pick(dispositions, how) as Disposition }),
    ...(chosen[1] && { [chosen[1]]: pick(dispositions, which) as Disposition }),
    review: '2031-06-01',
  }
}

function assessmentsFor(world: World, name: string, { how, which, sense }: Intent) {
  const request = world.thing('request', thing(name))
  const owed = request?.owed.filter(({ kind }) => kind === 'assess') ?? []
  const sensible = owed.flatMap(({ question }) => question ?? [])
  const question = pick<Question>(sense === 0 || sensible.length === 0 ? questions : sensible, how) ?? 'fate'
  return { [question]: pick(assessments, which) as Assessment }
}

type Make = (world: World, intent: Intent) => Act | undefined

/** A statement of someone sensible, under a key that may say it; or of whoever, under whatever key. */
function by(
  world: World,
  intent: Intent,
  sensible: string | undefined,
  make: (who: ReturnType<typeof party>) => PartyAct,
): Act {
  // One thing at a time, so that each shows what comes of it.
  const wild = intent.sense === 0
  const who = (wild && intent.wild === 0 ? pick(everyone, intent.who) : sensible) ?? pick(everyone, intent.who) ?? 'A'
  if (!wild || intent.wild === 0) return make(party(who)).under(speakingKey(world, who, intent))
  if (intent.wild === 1) return make(party(who)).under(pick(keyNames, intent.which) ?? 'sign')
  const { payload } = make(party(who)).say(world)
  if (intent.wild === 2 && payload.mechanism !== undefined) {
    const mechanism = thing(pick(Object.keys(mechanisms), intent.whom) ?? 'MECH')
    return make(party(who))
      .under(speakingKey(world, who, { ...intent, how: 2 }))
      .with({ mechanism })
  }
  const aud = payload.aud && [...new Set([...(payload.to ?? []), partyOf(pick(everyone, intent.whom) ?? 'X')])]
  return make(party(who))
    .under(speakingKey(world, who, { ...intent, how: 2 }))
    .with({ aud })
}

const submit: Make = (world, intent) => {
  const mechanism = pick(Object.keys(mechanisms), intent.which) ?? 'MECH'
  const commissions = membersOf(world, mechanism, 'commission')
  const asker = pick(commissions, intent.who)
  const to =
    (intent.sense === 0
      ? pick(everyone, intent.whom)
      : pick(
          commissions.filter((c) => c !== asker),
          intent.whom,
        )) ?? 'B'
  const fresh = requests.find((name) => !thingNames(world, 'request.submit', requests).includes(name))
  const name = (intent.sense === 0 ? pick(requests, intent.which) : fresh) ?? 'R0'
  const first = pick(questions, intent.how) ?? 'fate'
  const second = pick(questions, intent.which) ?? 'fate'
  return by(world, intent, asker, (who) => who.submits(name, [...new Set([first, second])], to, mechanism))
}

/** About a request that someone has made, by its asker or its addressee. */
const inRequest =
  (
    side: 'asker' | 'addressee',
    say: (who: ReturnType<typeof party>, name: string, world: World, intent: Intent) => PartyAct,
  ): Make =>
  (world, intent) => {
    const name = pick(thingNames(world, 'request.submit', requests), intent.which)
    if (name === undefined) return undefined
    const sensible = nameOf(world.thing('request', thing(name))?.[side])
    return by(world, intent, sensible, (who) => say(who, name, world, intent))
  }

/** Questions for which something of this kind is owed, or any where nothing is or nothing makes sense. */
function questionsOwed(
  world: World,
  name: string,
  kinds: readonly DutyKind[],
  { how, which, sense }: Intent,
): Question[] {
  const owed = world.thing('request', thing(name))?.owed.filter(({ kind }) => kinds.includes(kind))
  const sensible = [...new Set(owed?.flatMap(({ question }) => question ?? []))]
  const some = sense === 0 || sensible.length === 0 ? questions : sensible
  return [...new Set([pick(some, how) ?? 'fate', pick(some, which) ?? 'fate'])]
}

/** About a request that owes a duty of this kind, by whoever owes it; sometimes about any, by anyone. */
const owing =
  (
    kind: DutyKind,
    say: (who: ReturnType<typeof party>, name: string, world: World, intent: Intent) => PartyAct | undefined,
  ): Make =>
  (world, intent) => {
    const made = thingNames(world, 'request.submit', requests).filter(
      (name) => say(party('A'), name, world, intent) !== undefined,
    )
    const ofKind = (name: string) => {
      const request = world.thing('request', thing(name))
      return request ? dutiesOf(request).filter((duty) => duty.kind === kind) : []
    }
    const some = intent.sense < 2 ? made : made.filter((name) => ofKind(name).some(isOpen))
    const name = pick(some, intent.which)
    if (name === undefined) return undefined
    const owed = intent.sense === 2 && intent.wild === 0 ? undefined : nameOf(ofKind(name).at(-1)?.owner)
    const owner = owed ?? pick(everyone, intent.who)
    return by(world, intent, owner, (who) => say(who, name, world, intent) as PartyAct)
  }

const lastOf = (world: World, name: string, ...kinds: readonly string[]) =>
  world.happened.findLast(({ placed: { payload } }) => payload.about === thing(name) && kinds.includes(payload.kind))

const refer: Make = (world, intent) => {
  const request = pick(thingNames(world, 'request.submit', requests), intent.which)
  const returned = request === undefined ? undefined : world.thing('request', thing(request))?.returned?.statement
  const re = returned === undefined ? undefined : nameOfStatement(world, returned)
  return inRequest('asker', (who, name) =>
    who.refers(name, questionsOwed(world, name, ['reply', 'review'], intent), re),
  )(world, intent)
}

function outcomesFor(world: World, name: string, intent: Intent) {
  const [question = 'fate'] = questionsOwed(world, name, ['decide-referral'], intent)
  return { [question]: pick(referralOutcomes, intent.whom) as ReferralOutcome }
}

const returnRequest: Make = (world, intent) => {
  // Before any reply, if it is to count.
  const made = thingNames(world, 'request.submit', requests)
  const fresh = made.filter((name) => !world.thing('request', thing(name))?.replies)
  const name = pick(intent.sense < 2 || fresh.length === 0 ? made : fresh, intent.which)
  if (name === undefined) return undefined
  const request = world.thing('request', thing(name))
  const mechanism = Object.keys(mechanisms).find((one) => thing(one) === request?.mechanism) ?? 'MECH'
  const sensible = pick(membersOf(world, mechanism, 'mediator'), 0) ?? nameOf(request?.addressee)
  return by(world, intent, sensible, (who) => who.returns(name))
}

const reopen: Make = (world, intent) => {
  const name = pick(thingNames(world, 'request.submit', requests), intent.which)
  const request = name === undefined ? undefined : world.thing('request', thing(name))
  if (name === undefined || !request) return undefined
  const closed = request.questions.flatMap(({ question, closed }) => (closed ? question : []))
  const question = pick(intent.sense === 0 || closed.length === 0 ? questions : closed, intent.how) ?? 'fate'
  return by(world, intent, nameOf(request.asker), (who) => who.reopens(name, [question]))
}

const remind: Make = (world, intent) => {
  const name = pick(thingNames(world, 'request.submit', requests), intent.which % 3)
  const request = name === undefined ? undefined : world.thing('request', thing(name))
  if (name === undefined || !request) return undefined
  const duty = pick(request.owed, 0)
  const kind = pick(remindable, intent.how) ?? 'reply'
  const owed = remindable.find((one) => one === duty?.kind) ?? kind
  return by(world, intent, nameOf(duty?.towards), (who) => who.reminds(name, intent.sense < 2 ? kind : owed))
}

/** What can be corrected of a request or disclosure, by kind. */
function correctableIn(world: World, name: string): readonly (readonly [CorrectedKind, Correctable])[] {
  const disclosure = world.thing('disclosure', thing(name))
  if (disclosure) return [['disclosure.make', disclosure.latest]]
  const latest = world.thing('request', thing(name))?.latest ?? {}
  return Object.entries(latest) as unknown as readonly (readonly [CorrectedKind, Correctable])[]
}

const correctOrRetract: Make = (world, intent) => {
  const name = pick(
    [...requests, ...disclosures].filter((one) => correctableIn(world, one).length > 0),
    intent.which,
  )
  const found = name === undefined ? undefined : pick(correctableIn(world, name), intent.how)
  if (name === undefined || !found) return undefined
  const [kind, latest] = found
  const said = world.happened.filter(({ placed }) => placed.payload.about === thing(name))
  const re = intent.sense === 0 ? pick(said, intent.whom)?.name : undefined
  return by(world, intent, nameOf(latest.by), (who) => {
    if (intent.who % 5 < 2) return who.retracts(name, kind, re)
    if (kind === 'request.reply') {
      const answers = (latest.body as PayloadOf<'request.reply'>['body']).answers
      const question = pick(answers, intent.whom)?.question ?? 'fate'
      const told = { [question]: pick(dispositions, intent.which) as Disposition, review: '2031-07-01' }
      return who.correctsReply(name, intent.sense === 1 ? answersFor(world, name, intent) : told, re)
    }
    if (kind === 'request.assess') {
      const [first] = (latest.body as PayloadOf<'request.assess'>['body']).assessments
      const assessment = pick(assessments, intent.which) as Assessment
      return who.correctsAssessment(name, { [first?.question ?? 'fate']: assessment }, re)
    }
    const other = { matter: { type: 'records' }, questions: ['documents'] } as const
    return who.corrects(
      name,
      kind,
      kind === 'request.submit' && intent.sense < 2 ? { ...other, questions: [...other.questions] } : undefined,
      re,
    )
  })
}

const disclose: Make = (world, intent) => {
  const mechanism = pick(Object.keys(mechanisms), intent.which) ?? 'MECH'
  const author = pick(membersOf(world, mechanism, 'commission'), intent.who)
  const others = membersOf(world, mechanism).filter((name) => name !== author)
  const to = intent.sense === 0 ? [pick(everyone, intent.whom)] : [pick(others, intent.whom), pick(others, intent.how)]
  const fresh = disclosures.find((name) => !thingNames(world, 'disclosure.make', disclosures).includes(name))
  const names = [...new Set(to)].filter((name) => name !== undefined)
  return by(world, intent, author, (who) => who.discloses(fresh ?? 'D0', names.length > 0 ? names : ['A'], mechanism))
}

const acknowledgeDisclosure: Make = (world, intent) => {
  const name = pick(thingNames(world, 'disclosure.make', disclosures), intent.which)
  if (name === undefined) return undefined
  const addressees = world.thing('disclosure', thing(name))?.addressees ?? []
  return by(world, intent, nameOf(pick(addressees, intent.whom)), (who) => who.acknowledges(name))
}

const release: Make = (world, intent) => {
  const drafts = world.happened.filter(({ step }) => intent.wild === 3 || step.verdict.verdict === 'held')
  const draft = pick(drafts, intent.which)
  if (!draft) return undefined
  const { name } = draft
  return by(world, { ...intent, how: 1 }, nameOf(draft.placed.payload.iss), (who) => who.releases(name))
}

const repeat: Make = (world, intent) => {
  const before = pick(world.happened, intent.which)
  return before && again(before.name)
}

const proposals: Readonly<Record<string, readonly string[]>> = {
  MECH: ['ABCMGO', 'ABCMG', 'ABCDMGO', 'AB'],
  MECH2: ['AB', 'ABM', 'ABX'],
  MECH3: ['BCD', 'BC', 'BCDM'],
}
const propose: Make = (world, intent) => {
  const mechanism = pick(Object.keys(mechanisms), intent.which) ?? 'MECH'
  const named = pick(proposals[mechanism] ?? [], intent.how) ?? 'AB'
  const roles = usualRoles(named.split(''))
  return by(world, { ...intent, how: 2 }, pick(membersOf(world, mechanism), intent.who), (who) =>
    who.proposes(mechanism, roles),
  )
}

const nameOfStatement = (world: World, id: string) => world.happened.find(({ placed }) => placed.id === id)?.name

const accept: Make = (world, intent) => {
  const mechanism = pick(Object.keys(mechanisms), intent.which) ?? 'MECH'
  const made = world.thing('mechanism', thing(mechanism))?.proposals ?? []
  const late = made.filter(({ lapsedAt }) => lapsedAt !== undefined)
  // Whatever has waited longest, so that something comes into force; sometimes what comes too late, or any.
  const waiting = made.find(({ inForceSince, lapsedAt }) => inForceSince === undefined && lapsedAt === undefined)
  const proposal = intent.sense < 3 ? pick(late.length > 0 ? late : made, intent.how) : waiting
  if (!proposal) return undefined
  const present = [...proposal.participants.map((p) => p.party), ...membersOf(world, mechanism).map(partyOf)]
  const next = present.filter((id) => proposal.accepted[id] === undefined)
  const named =
    (intent.sense === 0 && pick(world.happened, intent.how)?.name) || nameOfStatement(world, proposal.statement)
  return by(world, { ...intent, how: 2 }, nameOf(pick(next, intent.whom)), (who) => who.accepts(mechanism, named))
}

const proposeRules: Make = (world, intent) => {
  const mechanism = pick(Object.keys(mechanisms), intent.which) ?? 'MECH'
  const told = intent.sense === 0 ? { version: (intent.how % 3) + 1 } : {}
  const sensible = pick(membersOf(world, mechanism, intent.whom % 3 === 0 ? 'mediator' : 'commission'), intent.who)
  return by(world, { ...intent, how: 2 }, sensible, (who) =>
    who.proposesRules(mechanism, {
      ...told,
      ...pick(agreements, intent.how),
      calendars: calendarsOf(mechanism, intent.whom),
    }),
  )
}

const acceptRules: Make = (world, intent) => {
  const mechanism = pick(Object.keys(mechanisms), intent.which) ?? 'MECH'
  const state = world.thing('mechanism', thing(mechanism))
  const owed = state?.owed ?? []
  const duty = pick(owed, intent.how)
  const made = state?.rules ?? []
  const proposal = intent.sense < 2 ? pick(made, intent.whom)?.statement : duty?.re
  const name = (intent.sense === 0 && pick(world.happened, intent.how)?.name) || nameOfStatement(world, proposal ?? '')
  if (name === undefined) return undefined
  const sensible = nameOf(duty?.owner) ?? pick(membersOf(world, mechanism), intent.who)
  return by(world, { ...intent, how: 2 }, sensible, (who) => who.acceptsRules(mechanism, name))
}

/** Days on which a party of a generated history does not work, no two alike: days of rest, holidays, and a day of rest that is worked. */
function calendarOf(name: string): NonNullable<Rules['calendars']>[number] {
  const place = everyone.indexOf(name)
  const date = (month: number, day: number) => `2031-0${month}-${12 + (day % 17)}`
  return {
    party: partyOf(name),
    year: 2031,
    restDays: place % 3 === 0 ? [5, 6] : [6, 7],
    nonWorking: [1, 2, 3, 4, 5].map((month) => ({ date: date(month, place * month + month) })),
    workingInstead: place % 3 === 0 ? ['2031-03-07', '2031-04-04'] : ['2031-03-08', '2031-04-05'],
  }
}

/** The calendars of a mechanism's first members; sometimes not of all, so that some dates cannot be told. */
function calendarsOf(mechanism: string, how: number): NonNullable<Rules['calendars']> {
  const members = mechanisms[mechanism] ?? []
  return members.slice(how % 3 === 2 ? 1 : 0).map(calendarOf)
}

/** Periods for all that can be owed, so that every clock has something to show. */
function timed(i: number): Partial<Rules> {
  const days = (n: number) => ({ n: n + i, unit: i % 2 === 0 ? 'calendar-days' : 'working-days' }) as const
  return {
    periods: {
      acknowledge: days(3),
      reply: i === 5 ? { n: 1, unit: 'months' } : days(20),
      review: days(60),
      clarify: days(7),
      'decide-extension': days(5),
      assess: days(14),
      'decide-referral': days(10),
      'accept-rules': days(9),
    },
    count: { roll: i % 3 === 0, whose: i % 4 < 2 ? 'both' : 'owner' },
  }
}

/** What parties of a generated history agree on. */
const agreements = (
  [
    { release: { 'request.acknowledge': 'two', 'request.reply': 'two', 'disclosure.acknowledge': 'sealed' } },
    {},
    { clarification: { effect: 'restart', atMost: 1 }, extension: { decides: 'secretariat', longest: 5 } },
    { extension: { decides: 'nobody', atMost: 2 }, referral: { mayClose: true }, review: { atMost: 1 } },
    // biome-ignore lint/suspicious/noThenProperty: the settled name of the parameter.
    { reminders: { then: 'refer' }, referral: { decides: partyOf('G') } },
    { suspension: { by: ['mediator'], allows: ['request.acknowledge'] } },
    { agencyCopy: false, referral: { decides: partyOf('C') } },
  ] as readonly Partial<Rules>[]
).map((told, i): Partial<Rules> => ({ ...timed(i), ...told }))

const suspend: Make = (world, intent) => {
  const mechanism = pick(Object.keys(mechanisms), intent.which) ?? 'MECH'
  const suspended = world.thing('mechanism', thing(mechanism))?.suspensions?.[0]
  const sensible = (intent.sense < 5 && nameOf(suspended?.by)) || pick(membersOf(world, mechanism), intent.who)
  return by(world, { ...intent, how: 2 }, sensible, (who) => who.suspends(mechanism))
}

const resume: Make = (world, intent) => {
  for (const mechanism of Object.keys(mechanisms)) {
    const one = suspensionsOf(world.thing('mechanism', thing(mechanism)) ?? {}).find(
      ({ until }) => intent.sense < 2 || until === undefined,
    )
    const name = nameOfStatement(world, one?.statement ?? '')
    if (name === undefined) continue
    return by(world, { ...intent, how: 2 }, nameOf(one?.by), (who) => who.resumes(mechanism, name))
  }
  return undefined
}

const leave: Make = (world, intent) => {
  const mechanism = pick(Object.keys(mechanisms), intent.which) ?? 'MECH'
  return by(world, { ...intent, how: 2 }, pick(membersOf(world, mechanism), intent.who), (who) => who.leaves(mechanism))
}

const ofParty =
  (say: (who: ReturnType<typeof party>, intent: Intent) => PartyAct): Make =>
  (world, intent) => {
    const name = pick(everyone, intent.who) ?? 'A'
    return by(world, { ...intent, how: 2 }, name, (who) => say(who, intent))
  }

const register: Make = (world, intent) => {
  const name = pick(['E0', 'E1', 'E2'], intent.which) ?? 'E0'
  const author = pick(everyone, intent.which)
  return by(
    world,
    intent,
    author,
    (who) =>
      pick([who.describesCase(name), who.describesSite(name), who.publishesList(name)], intent.how) ??
      who.describesCase(name),
  )
}

const rotations = [
  { add: ['sign-2'] },
  { add: ['sign-3'], end: ['sign'] },
  { end: ['sign-2'] },
  { end: ['seal'] },
  { end: ['sign', 'sign-2'] },
  { end: ['sign'] },
  { add: ['recover-2'], end: ['recover'], next: 'recover-3' },
  { add: ['recover-9'], next: 'recover-3' },
] as const

const rotate: Make = (world, intent) => {
  const {
    add = [],
    end = [],
    next,
  } = { add: undefined, end: undefined, next: undefined, ...pick(rotations, intent.how) }
  const act = party(pick(everyone, intent.who) ?? 'A').rotates({
    add: [...add],
    end: [...end],
    ...(next !== undefined && { next }),
  })
  const made = by(world, { ...intent, how: 2 }, pick(everyone, intent.who), () => act)
  return next !== undefined && intent.sense > 1 ? act.under('recover') : made
}

/** How often what is tried. */
const menu: readonly (readonly [number, Make])[] = [
  [5, submit],
  [4, inRequest('addressee', (who, name) => who.acknowledges(name))],
  [9, inRequest('addressee', (who, name, world, intent) => who.replies(name, answersFor(world, name, intent)))],
  [8, inRequest('asker', (who, name, world, intent) => who.assesses(name, assessmentsFor(world, name, intent)))],
  [1, inRequest('asker', (who, name) => who.withdraws(name))],
  [2, returnRequest],
  [5, owing('reply', (who, name, world, intent) => who.asksBack(name, questionsOwed(world, name, ['reply'], intent)))],
  [
    5,
    owing(
      'clarify',
      (who, name, world) => lastOf(world, name, 'request.ask-clarification', 'request.return') && who.clarifies(name),
    ),
  ],
  [
    4,
    owing('reply', (who, name, world, intent) =>
      who.asksMoreTime(name, questionsOwed(world, name, ['reply'], intent), (intent.how % 20) + 1),
    ),
  ],
  [
    4,
    owing(
      'decide-extension',
      (who, name, world, { how }) =>
        lastOf(world, name, 'request.ask-extension') &&
        who.decidesExtension(name, how % 3 === 0 ? 'refused' : 'granted'),
    ),
  ],
  [3, refer],
  [4, owing('decide-referral', (who, name, world, intent) => who.decides(name, outcomesFor(world, name, intent)))],
  [5, remind],
  [2, reopen],
  [9, correctOrRetract],
  [3, disclose],
  [4, acknowledgeDisclosure],
  [7, release],
  [1, repeat],
  [5, propose],
  [8, accept],
  [3, proposeRules],
  [7, acceptRules],
  [2, suspend],
  [7, resume],
  [1, leave],
  [2, register],
  [1, ofParty((who) => who.describesItself())],
  [
    3,
    ofParty((who, { how }) =>
      who.delegates(
        pick(['draft', 'release', 'read'] as const, how) ?? 'draft',
        pick(['officer-1', 'head-1', 'service-1', 'officer-2'], how) ?? 'officer-1',
      ),
    ),
  ],
  [1, ofParty((who, { how }) => who.endsDelegation(pick(['officer-1', 'head-1', 'sign'], how) ?? 'officer-1'))],
  [
    2,
    ofParty((who, { how }) =>
      who.revokes(pick(['sign-2', 'head-1', 'recover', 'sign-9', 'officer-1', 'sign'], how) ?? 'sign-2'),
    ),
  ],
  [2, rotate],
]
const dishes = menu.flatMap(([times, make]) => Array.from({ length: times }, () => make))

/** A history: everyone begins and agrees on mechanisms, some of it left out; then whatever comes. */
function historyOf(omitted: readonly number[], intents: readonly Intent[]): World {
  const world = new World()
  const setting = [...Object.entries(mechanisms).map(([name, members]) => mechanismOf(members, name))]
  const officers = [...'ABCDMGOX'].flatMap((name) => [
    party(name).delegates('draft', 'officer-1'),
    party(name).delegates('release', 'head-1'),
    party(name).delegates('release', 'officer-1', 'officer-1-release'),
  ])
  sayAll(world, begin(...everyone.filter((_, i) => !omitted.includes(i + 110)))(world))
  sayAll(
    world,
    officers.filter((_, i) => !omitted.includes(i)),
  )
  sayAll(
    world,
    setting.filter((_, i) => !omitted.includes(i + 100)),
  )
  Object.keys(mechanisms).forEach((name, i) => {
    // Most begin with rules; the rest agree on some, or on none.
    const told = pick(agreements, omitted.length + i)
    const calendars = calendarsOf(name, omitted.length + i)
    if (told && omitted.length !== 1) sayAll(world, rulesOf({ ...told, calendars }, name)(world))
  })
  for (const one of intents) {
    const act = pick(dishes, one.what)?.(world, one)
    if (act) world.place(act)
  }
  return world
}

/** Histories of twenty parties in up to five mechanisms, with a bias to what is valid. */
export const histories: fc.Arbitrary<World> = fc
  .tuple(fc.array(fc.nat(130), { maxLength: 6 }), fc.array(intent, { minLength: 60, maxLength: 240, size: 'max' }))
  .map(([omitted, intents]) => historyOf(omitted, intents))
