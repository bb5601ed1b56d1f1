import {
  type Assessment,
  type Disposition,
  type Kind,
  type PartyRole,
  type Payload,
  type PayloadOf,
  prefixOf,
  type Question,
  type ReferralOutcome,
  type Rules,
  type remindable,
  sha256,
  toBase64url,
} from '@tidings/statement'
import { dutiesOf, listed, mustAcceptRules, participantsAt, rulesAt, suspensionsOf } from '../index.ts'
import { allParties, inceptionOf, invented, kidOf, ownKeyOf, partyOf, signatureKeyOf, thing } from './parties.ts'
import type { Act, World } from './world.ts'

/** The mechanism that a spec is about unless it says another. */
const theMechanism = 'MECH'
/** Names of things told apart by their first letter: `D…` are disclosures. */
const prefixOfName = (name: string) => (name.startsWith('D') ? 'disclosure' : 'request')

type Changes = { readonly [M in keyof Payload]?: Payload[M] | undefined }

/** Something that a party says, and how a spec bends it. */
export interface PartyAct extends Act {
  /** Under another key than `sign`; of another party, if told. */
  under(key: string, owner?: string): PartyAct
  named(name: string): PartyAct
  /** With other members; those that are undefined are left out. */
  with(changes: Changes): PartyAct
}

interface Bent {
  readonly kid?: string
  readonly name?: string
  readonly changes?: Changes
}

function act<K extends Kind>(
  by: string,
  build: (world: World) => Pick<PayloadOf<K>, 'kind' | 'about' | 'body'> & Partial<PayloadOf<K>>,
  bent: Bent = {},
  document?: (world: World) => unknown,
): PartyAct {
  return {
    ...(bent.name !== undefined && { name: bent.name }),
    under: (key, owner = by) => act(by, build, { ...bent, kid: kidOf(owner, key) }, document),
    named: (name) => act(by, build, { ...bent, name }, document),
    with: (changes) => act(by, build, { ...bent, changes: { ...bent.changes, ...changes } }, document),
    say(world) {
      const members = {
        v: 1,
        iss: partyOf(by),
        iat: new Date(Date.UTC(2031, 0, 1) + world.leaf * 1000).toISOString().replace('.000Z', 'Z'),
        seen: { origin: 'log.example/tidings', size: 0, root: toBase64url(sha256(new Uint8Array())) },
        ...build(world),
        ...bent.changes,
      }
      const told = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
      const payload = told as unknown as PayloadOf
      return { payload, kid: bent.kid ?? kidOf(by, 'sign'), ...(document && { document: document(world) }) }
    },
  }
}

/** A content that a statement names; what it holds is not the fold's business. */
function contentOf(world: World, mediaType: string) {
  const content = { subject: thing('subject'), commitment: invented(`content ${world.leaf}`), mediaType, bucket: 1024 }
  return [content]
}

/** Whoever a statement must be copied to: the other side, and the central agency where there is one. */
function copyTo(world: World, by: string, mechanism: string, others: readonly string[]): string[] {
  const state = world.thing('mechanism', mechanism)
  const agency = state && participantsAt(state, world.leaf).find((p) => p.role === 'central-agency')?.party
  return [...new Set([...others, ...(agency !== undefined && agency !== partyOf(by) ? [agency] : [])])]
}

/** Both sides of a request as the fold knows it, or as good as invented where there is none. */
function requestOf(world: World, name: string) {
  const about = thing(name)
  const request = world.thing('request', about)
  const said = world.happened.findLast(({ placed }) => placed.payload.about === about)
  return {
    about,
    mechanism: request?.mechanism ?? thing(theMechanism),
    asker: request?.asker ?? said?.placed.payload.iss ?? invented('asker'),
    addressee: request?.addressee ?? invented('addressee'),
    submitted: request?.submitted.statement ?? said?.placed.id ?? invented('submission'),
    answered: listed(request?.replies).at(-1)?.statement ?? invented('reply'),
  }
}

/** Short words for a reply: a disposition per question, and the dates that go with some. */
export type Answers = { readonly [Q in Question]?: Disposition } & {
  readonly review?: string
  readonly estimate?: string
}

function answersOf({ review = '2031-03-01', estimate = '2031-02-01', ...dispositions }: Answers) {
  return Object.entries(dispositions).map(([question, disposition]) => ({
    question,
    disposition,
    ...((disposition === 'given-in-part' || disposition === 'not-now') && { review }),
    ...(disposition === 'interim' && { estimate }),
  })) as PayloadOf<'request.reply'>['body']['answers']
}

/** Kinds that are corrected, with the content that each brings. */
const contentTypeOf = {
  'request.submit': 'application/vnd.tidings.request+json',
  'request.clarify': 'application/vnd.tidings.note+json',
  'request.reply': 'application/vnd.tidings.reply+json',
  'request.assess': 'application/vnd.tidings.note+json',
  'disclosure.make': 'application/geo+json',
} as const
/** Kinds of which a statement can be corrected, or that the spec tries to. */
export type CorrectedKind = keyof typeof contentTypeOf

const someBody: { readonly [K in CorrectedKind]: PayloadOf<K>['body'] } = {
  'request.submit': { matter: { type: 'records' }, questions: ['documents'] },
  'request.clarify': {},
  'request.reply': { answers: [{ question: 'fate', disposition: 'given' }] },
  'request.assess': { assessments: [{ question: 'fate', assessment: 'accepted' }] },
  'disclosure.make': { matter: { type: 'burial-place', site: thing('site') } },
}

/** Everything that a party of a spec can say. */
export function party(by: string) {
  const self = partyOf(by)
  const replyType = 'application/vnd.tidings.reply+json'

  /** A statement in a request, by either side or by whoever mediates, to the others. */
  const about =
    <K extends Kind>(kind: K, name: string, re: string | undefined, body: object, content?: string) =>
    (world: World) => {
      const { about, mechanism, asker, addressee, submitted } = requestOf(world, name)
      const others = [asker, addressee].filter((side) => side !== self)
      return {
        kind,
        about,
        mechanism,
        aud: copyTo(world, by, mechanism, others),
        re: [re === undefined ? submitted : world.named(re).placed.id],
        body,
        ...(content !== undefined && { content: contentOf(world, content) }),
      } as unknown as PayloadOf<K>
    }
  /** A correction or retraction; whatever it does not tell of the body stands as it is. */
  const corrected =
    <K extends Kind>(act: K, name: string, kind: CorrectedKind, body: object | undefined, re?: string) =>
    (world: World) => {
      const stream = prefixOfName(name)
      const state = stream === 'request' ? world.thing('request', thing(name)) : world.thing('disclosure', thing(name))
      const latest =
        state && ('asker' in state ? state.latest[kind as Exclude<CorrectedKind, 'disclosure.make'>] : state.latest)
      const sides = state && ('asker' in state ? [state.asker, state.addressee] : [state.author, ...state.addressees])
      const mechanism = state?.mechanism ?? thing(theMechanism)
      const others = sides?.filter((side) => side !== self) ?? []
      return {
        kind: act,
        about: thing(name),
        mechanism,
        aud: copyTo(world, by, mechanism, others),
        re: [re === undefined ? (latest?.statement ?? invented('nothing')) : world.named(re).placed.id],
        ...(act === 'statement.retract'
          ? { body: { stream } }
          : {
              body: { stream, kind, body: body ?? latest?.body ?? someBody[kind] },
              content: contentOf(world, contentTypeOf[kind]),
            }),
      } as unknown as PayloadOf<K>
    }
  /** The latest statement of a kind about a request. */
  const latest = (world: World, name: string, ...kinds: readonly Kind[]) =>
    world.happened.findLast(
      ({ placed: { payload } }) => payload.about === thing(name) && kinds.some((kind) => kind === payload.kind),
    )?.name

  /** A statement of one side of a request or disclosure to the other. */
  const following =
    <K extends Kind>(kind: K, name: string, members: (request: ReturnType<typeof requestOf>) => object) =>
    (world: World) => {
      const request = requestOf(world, name)
      const { about, mechanism, asker, addressee } = request
      // Whoever says what only the other side may say addresses themselves: the fold is to find that out, not the schema.
      const others = kind === 'request.reply' || self !== asker ? [asker] : [addressee]
      const aud = copyTo(world, by, mechanism, others)
      return { kind, about, mechanism, aud, body: {}, ...members(request) } as unknown as PayloadOf<K>
    }

  return {
    name: by,
    id: self,

    begins: () => act(by, () => ({ kind: 'party.inception', about: self, body: inceptionOf(by) })),
    describesItself: () =>
      act(by, (world) => ({
        kind: 'party.describe',
        about: self,
        body: {},
        document: {
          sha256: invented(`description ${world.leaf}`),
          mediaType: 'application/vnd.tidings.party-description+json',
        },
      })),
    /** Adds and ends own keys by name; a new `recover-2` commits to `recover-3`, unless told. */
    rotates: ({ add = [], end = [], next }: { add?: string[]; end?: string[]; next?: string }) =>
      act(by, () => ({
        kind: 'party.rotate-keys',
        about: self,
        body: {
          ...(add.length > 0 && { add: add.map((key) => ownKeyOf(by, key)) }),
          ...(end.length > 0 && { end: end.map((key) => kidOf(by, key)) }),
          ...(next !== undefined && { nextRecover: kidOf(by, next) }),
        },
      })),
    revokes: (key: string) =>
      act(by, () => ({
        kind: 'party.revoke-key',
        about: self,
        body: { key: kidOf(by, key), reason: 'compromised' },
      })),
    /** The officer's key bears the officer's label. */
    delegates: (role: 'draft' | 'release' | 'read', label: string, key: string = label) =>
      act(by, () => ({
        kind: 'party.delegate',
        about: self,
        body: { jwk: signatureKeyOf(by, key), role, label },
      })),
    endsDelegation: (label: string) =>
      act(by, () => ({ kind: 'party.end-delegation', about: self, body: { key: kidOf(by, label) } })),

    proposes: (mechanism: string, roles: Readonly<Record<string, PartyRole>>) =>
      act(by, () => ({
        kind: 'mechanism.propose',
        about: thing(mechanism),
        body: {
          participants: Object.entries(roles).map(([code, role]) => ({ party: partyOf(code), role, code })),
        },
      })),
    /** Accepts the proposal of this name, or the latest. */
    accepts: (mechanism: string, proposal?: string) =>
      act(by, (world) => {
        const latest = world.thing('mechanism', thing(mechanism))?.proposals.at(-1)?.statement
        const id = proposal === undefined ? latest : world.named(proposal).placed.id
        return { kind: 'mechanism.accept', about: thing(mechanism), re: [id ?? invented('proposal')], body: {} }
      }),

    /** Proposes rules: of the version that comes next and with a month for a reply, unless told. */
    proposesRules: (mechanism: string, told: Partial<Rules> = {}, document: Partial<Rules> = {}) => {
      const versionOf = (world: World) => {
        const state = world.thing('mechanism', thing(mechanism))
        return told.version ?? ((state && rulesAt(state, world.leaf)?.version) ?? 0) + 1
      }
      return act(
        by,
        (world) => ({
          kind: 'mechanism.propose-rules',
          about: thing(mechanism),
          body: { version: versionOf(world) },
          document: { sha256: invented(`rules ${world.leaf}`), mediaType: 'application/vnd.tidings.rules+json' },
        }),
        {},
        (world) => ({ ...someRules, ...told, version: versionOf(world), ...document }),
      )
    },
    /** Accepts the rules that the proposal of this name brought, or the latest. */
    acceptsRules: (mechanism: string, proposal?: string) =>
      act(by, (world) => {
        const latest = world.thing('mechanism', thing(mechanism))?.rules?.at(-1)?.statement
        const id = proposal === undefined ? latest : world.named(proposal).placed.id
        return { kind: 'mechanism.accept-rules', about: thing(mechanism), re: [id ?? invented('rules')], body: {} }
      }),
    suspends: (mechanism: string = theMechanism) =>
      act(by, () => ({ kind: 'mechanism.suspend', about: thing(mechanism), body: {} })),
    /** Ends the suspension of this name, or its own latest. */
    resumes: (mechanism: string = theMechanism, suspension?: string) =>
      act(by, (world) => {
        const all = suspensionsOf(world.thing('mechanism', thing(mechanism)) ?? {})
        const own = all.findLast((one) => one.by === self)?.statement
        const id = suspension === undefined ? own : world.named(suspension).placed.id
        return { kind: 'mechanism.resume', about: thing(mechanism), re: [id ?? invented('suspension')], body: {} }
      }),
    leaves: (mechanism: string = theMechanism) =>
      act(by, () => ({ kind: 'mechanism.leave', about: thing(mechanism), body: {} })),

    describesCase: (name: string) =>
      act(by, (world) => ({
        kind: 'case.describe',
        about: thing(name),
        body: {},
        content: contentOf(world, 'application/vnd.tidings.person+json'),
      })),
    describesSite: (name: string) =>
      act(by, (world) => ({
        kind: 'site.describe',
        about: thing(name),
        body: {},
        content: contentOf(world, 'application/geo+json'),
      })),
    publishesList: (name: string) =>
      act(by, (world) => ({
        kind: 'list.publish',
        about: thing(name),
        body: {},
        document: {
          sha256: invented(`manifest ${world.leaf}`),
          mediaType: 'application/vnd.tidings.list-manifest+json',
        },
        content: contentOf(world, 'application/vnd.tidings.case-ids'),
      })),

    submits: (name: string, questions: readonly Question[], to: string, mechanism: string = theMechanism) =>
      act(by, (world) => ({
        kind: 'request.submit',
        about: thing(name),
        mechanism: thing(mechanism),
        to: [partyOf(to)],
        aud: copyTo(world, by, thing(mechanism), [partyOf(to)]),
        body: { matter: { type: 'case', case: thing('case') }, questions: [...questions] },
        content: contentOf(world, 'application/vnd.tidings.request+json'),
      })),
    /** Acknowledges a request, or a disclosure if its name begins with D. */
    acknowledges: (name: string) =>
      act(by, (world) => {
        if (prefixOfName(name) === 'request') {
          return following('request.acknowledge', name, ({ submitted }) => ({ re: [submitted] }))(world)
        }
        const about = thing(name)
        const disclosure = world.thing('disclosure', about)
        const mechanism = disclosure?.mechanism ?? thing(theMechanism)
        return {
          kind: 'disclosure.acknowledge',
          about,
          mechanism,
          re: [disclosure?.made.statement ?? invented('disclosure')],
          aud: copyTo(world, by, mechanism, [disclosure?.author ?? invented('author')]),
          body: {},
        }
      }),
    replies: (name: string, answers: Answers) =>
      act(by, (world) =>
        following('request.reply', name, ({ asker, submitted }) => ({
          to: [asker],
          re: [submitted],
          body: { answers: answersOf(answers) },
          content: contentOf(world, replyType),
        }))(world),
      ),
    assesses: (name: string, assessments: { readonly [Q in Question]?: Assessment }) =>
      act(
        by,
        following('request.assess', name, ({ answered }) => ({
          re: [answered],
          body: {
            assessments: Object.entries(assessments).map(([question, assessment]) => ({ question, assessment })),
          },
        })),
      ),
    returns: (name: string, missing: readonly string[] = ['identity']) =>
      act(by, about('request.return', name, undefined, { missing })),
    asksBack: (name: string, questions: readonly Question[]) =>
      act(by, about('request.ask-clarification', name, undefined, { questions })),
    /** Clarifies the question back, or the return, of this name, or the latest. */
    clarifies: (name: string, re?: string) =>
      act(by, (world) => {
        const asked = re ?? latest(world, name, 'request.ask-clarification', 'request.return')
        return about('request.clarify', name, asked, {}, 'application/vnd.tidings.note+json')(world)
      }),
    asksMoreTime: (name: string, questions: readonly Question[], n = 10) =>
      act(by, about('request.ask-extension', name, undefined, { questions, n, reason: 'volume' })),
    /** Decides on the extension of this name, or the one asked for last. */
    decidesExtension: (name: string, decision: 'granted' | 'refused', re?: string) =>
      act(by, (world) => {
        const asked = re ?? latest(world, name, 'request.ask-extension')
        return about('request.decide-extension', name, asked, { decision })(world)
      }),
    /** Refers questions of the request, or the return of this name. */
    refers: (name: string, questions: readonly Question[], re?: string) =>
      act(by, about('request.refer', name, re, { questions, ground: re === undefined ? 'no-reply' : 'returned' })),
    /** Decides what is pending on these questions. */
    decides: (name: string, outcomes: { readonly [Q in Question]?: ReferralOutcome }, review = '2031-06-01') =>
      act(by, (world) => {
        const request = world.thing('request', thing(name))
        const pending = request ? dutiesOf(request).filter(({ kind }) => kind === 'decide-referral') : []
        const decisions = Object.entries(outcomes).map(([question, outcome]) => ({
          question,
          outcome,
          ...(outcome === 'review-by' && { review }),
        }))
        const re = decisions.flatMap(
          ({ question }) => pending.findLast((duty) => duty.question === question)?.openedBy ?? [],
        )
        const built = about('request.decide-referral', name, undefined, { decisions })(world)
        return re.length === 0 ? built : { ...built, re: [...new Set(re)] }
      }),
    reminds: (name: string, duty: (typeof remindable)[number], questions?: readonly Question[]) =>
      act(by, about('request.remind', name, undefined, { duty, ...(questions && { questions }) })),
    reopens: (name: string, questions: readonly Question[]) =>
      act(by, about('request.reopen', name, undefined, { questions })),
    withdraws: (name: string) =>
      act(
        by,
        following('request.withdraw', name, ({ submitted }) => ({ re: [submitted] })),
      ),
    /** Corrects the latest statement of a kind about a request or disclosure, or the one of this name, by another body. */
    corrects: <K extends CorrectedKind>(
      name: string,
      kind: K,
      body: PayloadOf<K>['body'] | undefined = undefined,
      re?: string,
    ) => act(by, corrected<'statement.correct'>('statement.correct', name, kind, body, re)),
    correctsReply: (name: string, answers: Answers, re?: string) =>
      act(
        by,
        corrected<'statement.correct'>('statement.correct', name, 'request.reply', { answers: answersOf(answers) }, re),
      ),
    correctsAssessment: (name: string, assessments: { readonly [Q in Question]?: Assessment }, re?: string) =>
      act(
        by,
        corrected<'statement.correct'>(
          'statement.correct',
          name,
          'request.assess',
          { assessments: Object.entries(assessments).map(([question, assessment]) => ({ question, assessment })) },
          re,
        ),
      ),
    /** Retracts the latest statement of a kind about a request or disclosure, or the one of this name. */
    retracts: (name: string, kind: CorrectedKind, re?: string) =>
      act(by, corrected<'statement.retract'>('statement.retract', name, kind, undefined, re)),
    discloses: (name: string, to: readonly string[], mechanism: string = theMechanism) =>
      act(by, (world) => ({
        kind: 'disclosure.make',
        about: thing(name),
        mechanism: thing(mechanism),
        to: to.map(partyOf),
        aud: copyTo(world, by, thing(mechanism), to.map(partyOf)),
        body: { matter: { type: 'burial-place', site: thing('site') } },
        content: contentOf(world, 'application/geo+json'),
      })),

    /** Releases the draft of this name, in its stream. */
    releases: (draft: string) =>
      act(by, (world) => {
        const { id, payload } = world.named(draft).placed
        return {
          kind: 'statement.release',
          about: payload.about,
          ...(payload.mechanism !== undefined && { mechanism: payload.mechanism }),
          re: [id],
          body: { stream: prefixOf(payload) },
        }
      }),
  }
}

const roleOf: Readonly<Record<string, PartyRole>> = { M: 'mediator', G: 'central-agency', O: 'observer' }

/** Role of a party of a spec, by its name: M mediates, G is the central agency, O observes, all others are commissions. */
export function usualRoles(names: readonly string[]): Record<string, PartyRole> {
  return Object.fromEntries(names.map((name) => [name, roleOf[name] ?? 'commission']))
}

/** Has parties begin that have not, and agree on a mechanism: the first proposes it, the others accept. */
export function mechanismOf(names: readonly string[], mechanism: string = theMechanism) {
  return (world: World): readonly Act[] => {
    const [first = 'A', ...others] = names
    return [
      ...begin(...names)(world),
      party(first).proposes(mechanism, usualRoles(names)),
      ...others.map((name) => party(name).accepts(mechanism)),
    ]
  }
}

/** What parties of a spec agree on, unless told. */
const someRules: Rules = { version: 1, zone: 'UTC', periods: { reply: { n: 1, unit: 'months' } } }

/** Has those who take part agree on rules: the first that must accept proposes them, the others accept. */
export function rulesOf(told: Partial<Rules> = {}, mechanism: string = theMechanism) {
  return (world: World): readonly Act[] => {
    const state = world.thing('mechanism', thing(mechanism))
    const names = mustAcceptRules(state ? participantsAt(state, world.leaf) : []).flatMap((id) => nameOf(id) ?? [])
    const [first = 'A', ...others] = names
    return [party(first).proposesRules(mechanism, told), ...others.map((name) => party(name).acceptsRules(mechanism))]
  }
}

/** Name of a party of a spec. */
export function nameOf(id: string | undefined): string | undefined {
  return allParties.find((name) => partyOf(name) === id)
}

/** Has parties begin that have not. */
export function begin(...names: readonly string[]) {
  return (world: World): readonly Act[] =>
    names.filter((name) => world.thing('party', partyOf(name)) === undefined).map((name) => party(name).begins())
}
