import { access, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keepKey, openHome, openKey, openSession, type Session } from '@tidings/cli'
import {
  disclosures,
  discoverVkey,
  mechanisms,
  type Planned,
  parties,
  register,
  requests,
  type SubmitOutcome,
  submitMany,
  type Unsigned,
} from '@tidings/client'
import { generateKeyPair } from '@tidings/client/key-file'
import {
  newThingId,
  type PayloadOf,
  type Question,
  type ReplyFile,
  readStatement,
  thumbprint,
} from '@tidings/statement'
import { inventedPerson, inventedPlace } from './invented.ts'

/** Homes of the demonstration's parties. */
export interface Demonstration {
  readonly folder: string
  /** A statement of party A, for a first receipt. */
  readonly statement: string
}

/** The passphrase that opens the invented parties' keys: no secret, it stands in a file beside them. */
const passphrase = 'demonstration only'
const cases = 40
const asked = 12
const sites = 6
const disclosed = 3

/** Whether a demonstration was begun in this folder and not finished, e.g. because the process was killed meanwhile. */
export async function isUnfinished(folder: string): Promise<boolean> {
  return (await exists(folder)) && !(await exists(join(folder, 'complete')))
}

/**
 * States a small demonstration through the service itself: two invented parties and a mediator, cases, burial places, requests each way in
 * several states of life. Both sides do the same. Begun again after an interruption, it goes on where it was.
 */
export async function seedDemonstration(
  url: string,
  folder: string,
  progress: (recorded: number) => void,
): Promise<Demonstration> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'passphrase'), `${passphrase}\n`, { mode: 0o600 })
  const record = { leaf: 0, statements: 0 }
  const count = (outcome: SubmitOutcome) => {
    if (outcome.outcome === 'refused') return
    record.leaf = Math.max(record.leaf, outcome.outcome === 'recorded' ? outcome.receipt.leaf : outcome.leaf)
    progress(++record.statements)
  }
  await using a = await party(url, join(folder, 'a'), 'Commission of Party A', count)
  await using b = await party(url, join(folder, 'b'), 'Commission of Party B', count)
  await using m = await party(url, join(folder, 'mediator'), 'Mediator', count)
  const mechanism = await mechanismOf(a, b, m)
  await Promise.all([keepRegister(a, 'A', [b.id, m.id], mechanism), keepRegister(b, 'B', [a.id, m.id], mechanism)])
  await Promise.all([disclose(a, b, mechanism), disclose(b, a, mechanism)])
  const [first] = await Promise.all([ask(a, b, mechanism, record), ask(b, a, mechanism, record)])
  await Promise.all([answer(a, mechanism, record), answer(b, mechanism, record)])
  await Promise.all([assess(a, mechanism, record), assess(b, mechanism, record)])
  await Promise.all([draft(a, b, mechanism), draft(b, a, mechanism)])
  for (const { session } of [a, b, m]) {
    await session.home.configure({ ...session.configuration, mechanism })
  }
  await writeFile(join(folder, 'complete'), '')
  return { folder, statement: first }
}

/** A party of the demonstration, at its home. */
interface Player extends AsyncDisposable {
  readonly id: string
  readonly session: Session
  /** States each of these once, however often the demonstration is begun; returns the statements' things and ids, in order. */
  state(planned: readonly (readonly [key: string, make: () => Unsigned | Promise<Unsigned>])[]): Promise<Stated[]>
}

/** The largest leaf that anyone in the demonstration has a receipt for. */
interface Reached {
  readonly leaf: number
}

interface Stated {
  readonly about: string
  readonly id: string
  readonly payload: PayloadOf
}

async function party(
  url: string,
  folder: string,
  name: string,
  count: (outcome: SubmitOutcome) => void,
): Promise<Player> {
  const home = openHome(folder)
  const source = { known: passphrase, input: false }
  const names = ['sign', 'recover', 'next-recover']
  const there = await home.keys()
  for (const key of names.filter((key) => !there.includes(key))) {
    await keepKey(home, key, (await generateKeyPair('Ed25519')).privateKey, passphrase)
  }
  const [sign, recover, next] = await Promise.all(names.map((key) => openKey(home, key, source)))
  if (!sign || !recover || !next) throw new TypeError('internal error: a key of the demonstration is missing')
  const inception = parties.begin({ sign: [sign.key], recover: [recover.key], nextRecover: thumbprint(next.key) })
  const configuration = {
    format: 'tidings/home/v1' as const,
    service: url,
    party: inception.about,
    vkey: await discoverVkey(url),
    key: 'sign',
  }
  await home.configure(configuration)
  const session = await openSession({ home, passphrase: source })
  const ledger = session.ledger.batch('demonstration')
  const player: Player = {
    id: inception.about,
    session,
    async state(planned) {
      const items: Planned[] = planned.map(([key, make]) => ({ key, make }))
      const { refused } = await submitMany(session.connection, items, { ledger, onOutcome: count })
      if (refused > 0) throw new Error('a statement of the demonstration was refused')
      const kept = ledger.find(items.map(({ key }) => key))
      return items.map(({ key }) => {
        const { id, payload } = readStatement(kept.get(key)?.submission.statement ?? '')
        return { id, payload, about: payload.about }
      })
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
  await player.state([['inception', () => inception]])
  await player.state([['description', () => parties.describe(player.id, { name: { en: name } })]])
  return player
}

async function mechanismOf(a: Player, b: Player, m: Player): Promise<string> {
  const participants = [
    { party: a.id, role: 'commission' as const, code: 'A' },
    { party: b.id, role: 'commission' as const, code: 'B' },
    { party: m.id, role: 'mediator' as const, code: 'M' },
  ]
  const terms = { title: { en: 'Working group on missing persons of the Mirna region (invented)' } }
  const [proposed] = await a.state([['mechanism', () => mechanisms.propose({ participants, terms })]])
  if (!proposed) throw new TypeError('internal error: nothing was proposed')
  for (const party of [b, m]) await party.state([['acceptance', () => mechanisms.accept(proposed.about, proposed.id)]])
  return proposed.about
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

async function keepRegister(us: Player, side: string, aud: readonly string[], mechanism: string): Promise<void> {
  const described = await us.state(
    upTo(cases).map((i) => [`case ${i}`, () => register.describeCase(inventedPerson(side, i))]),
  )
  await us.state(upTo(sites).map((i) => [`site ${i}`, () => register.describeSite(inventedPlace(side, i))]))
  const list = {
    version: 1,
    asOf: new Date().toISOString().slice(0, 10),
    cases: described.map(({ about }) => about),
    mechanism,
    aud,
  }
  await us.state([['list', () => register.publishList(list)]])
}

async function disclose(us: Player, them: Player, mechanism: string): Promise<void> {
  const { participants } = await us.session.mechanism(mechanism)
  const side = participants.find(({ party }) => party === us.id)?.code ?? ''
  const places = await us.state(
    upTo(sites).map((i) => [`site ${i}`, () => register.describeSite(inventedPlace(side, i))]),
  )
  const made = await us.state(
    places.slice(0, disclosed).map(({ about: site }, i) => [
      `disclosure ${i}`,
      () =>
        disclosures.make({
          mechanism,
          participants,
          author: us.id,
          to: [them.id],
          told: { site, place: inventedPlace(side, i) },
        }),
    ]),
  )
  // The last one waits: each side has something to acknowledge.
  await them.state(
    made
      .slice(0, -1)
      .map(({ about, id }, i) => [
        `acknowledgement of disclosure ${i}`,
        () =>
          disclosures.acknowledge(
            { id: about, mechanism, author: us.id, made: { statement: id } },
            participants,
            them.id,
          ),
      ]),
  )
}

async function ask(us: Player, them: Player, mechanism: string, record: Reached): Promise<string> {
  const { participants } = await us.session.mechanism(mechanism)
  const side = participants.find(({ party }) => party === us.id)?.code ?? ''
  const described = await us.state(
    upTo(asked).map((i) => [`case ${i}`, () => register.describeCase(inventedPerson(side, i))]),
  )
  const submitted = await us.state(
    described.map(({ about }, i) => [
      `request ${i}`,
      () => {
        const person = inventedPerson(side, i)
        return requests.submit({
          id: newThingId(),
          mechanism,
          participants,
          asker: us.id,
          addressee: them.id,
          matter: { type: 'case', case: about },
          questions: questionsOf(i),
          file: { person, ...(person.lastContact && { lastContact: person.lastContact }) },
        })
      },
    ]),
  )
  const [last] = submitted.slice(-1)
  if (last) {
    const known = await us.session.connection.read.request(last.about, { after: record.leaf })
    await us.state([['withdrawal', () => requests.withdraw(known, participants)]])
  }
  return submitted[0]?.id ?? ''
}

const questionsOf = (i: number): readonly Question[] =>
  i % 3 === 0 ? ['fate', 'whereabouts', 'remains'] : ['fate', 'whereabouts']

type Answers = PayloadOf<'request.reply'>['body']['answers']

const nextYear = `${new Date().getUTCFullYear() + 1}-03-01`

/** Answers of several kinds to the first requests; the others are acknowledged, or wait. */
const replies: readonly { readonly answers: Answers; readonly file?: ReplyFile }[] = [
  {
    answers: [
      { question: 'fate', disposition: 'given' },
      { question: 'whereabouts', disposition: 'given' },
      { question: 'remains', disposition: 'not-now', review: nextYear },
    ],
    file: {
      answers: [
        { question: 'fate', finding: { fate: 'dead', date: { edtf: '1993~' } } },
        {
          question: 'whereabouts',
          finding: { place: { locality: 'Kelme' }, text: 'Buried at Kelme, as a local register states.' },
        },
        { question: 'remains', ground: 'hazard', text: 'The ground has not been cleared of mines.' },
      ],
    },
  },
  {
    answers: [
      { question: 'fate', disposition: 'given' },
      { question: 'whereabouts', disposition: 'given-in-part', review: nextYear },
    ],
    file: {
      answers: [
        { question: 'fate', finding: { fate: 'transferred', date: { edtf: '1992-08' } } },
        { question: 'whereabouts', finding: { text: 'Transferred to Old Veyra; what followed is being looked into.' } },
      ],
    },
  },
  {
    answers: [{ question: 'fate', disposition: 'none-found' }],
    file: {
      answers: [
        {
          question: 'fate',
          search: {
            sources: ['District archive of Taval', 'Hospital register of Kelme'],
            text: 'No entry under any of the names.',
          },
        },
      ],
    },
  },
  { answers: [{ question: 'fate', disposition: 'interim', estimate: nextYear }] },
]

async function answer(us: Player, mechanism: string, { leaf: after }: Reached): Promise<void> {
  const { participants } = await us.session.mechanism(mechanism)
  const open = await Array.fromAsync(us.session.connection.read.requests({ side: 'addressee', after }))
  // Whichever was withdrawn may stand anywhere in their order, if the process was stopped while they were submitted.
  const received = open
    .filter(({ withdrawn }) => !withdrawn)
    .toSorted((one, other) => one.submitted.leaf - other.submitted.leaf)
  await us.state(
    received
      .slice(0, 7)
      .map((request, i) => [`acknowledgement ${i}`, () => requests.acknowledge(request, participants)]),
  )
  await us.state(
    replies.flatMap(({ answers, file }, i) => {
      const request = received[i]
      return request ? [[`reply ${i}`, () => requests.reply(request, participants, answers, file)] as const] : []
    }),
  )
}

async function assess(us: Player, mechanism: string, { leaf: after }: Reached): Promise<void> {
  const { participants } = await us.session.mechanism(mechanism)
  const ours = await Array.fromAsync(us.session.connection.read.requests({ side: 'asker', after }))
  const sent = ours
    .filter(({ withdrawn }) => !withdrawn)
    .toSorted((one, other) => one.submitted.leaf - other.submitted.leaf)
  const plans = [
    [{ question: 'fate', assessment: 'accepted' }],
    [{ question: 'fate', assessment: 'accepted-with-reservation' }],
    [{ question: 'fate', assessment: 'insufficient' }],
  ] as const
  const planned = plans.map(async (assessments, i) => {
    const request = sent[i]
    if (!request) throw new TypeError('internal error: a request of the demonstration is missing')
    const { entries } = await us.session.connection.read.timeline(request.id)
    const reply = entries.find(({ kind }) => kind === 'request.reply')
    const text = i === 2 ? 'Please search the registers of the neighbouring district as well.' : undefined
    return [
      `assessment ${i}`,
      () => requests.assess(request, participants, reply ? [reply.statement] : [], [...assessments], text),
    ] as const
  })
  await us.state(await Promise.all(planned))
}

/** An officer's draft, held until somebody releases it. */
async function draft(us: Player, them: Player, mechanism: string): Promise<void> {
  const { session } = us
  const { participants } = await session.mechanism(mechanism)
  const name = 'officer-1'
  if (!(await session.home.keys()).includes(name)) {
    await keepKey(session.home, name, (await generateKeyPair('Ed25519')).privateKey, passphrase)
  }
  const source = { known: passphrase, input: false }
  const officer = await openKey(session.home, name, source)
  await us.state([['delegation', () => parties.delegate(us.id, { jwk: officer.key, role: 'draft', label: name })]])
  await using drafting = await openSession({ home: session.home, passphrase: source, as: name })
  const ledger = drafting.ledger.batch('demonstration')
  const unsigned = requests.submit({
    mechanism,
    participants,
    asker: us.id,
    addressee: them.id,
    matter: { type: 'records' },
    questions: ['documents'],
    file: { records: 'Registers of the hospital at Kelme, 1991 to 1994' },
  })
  await submitMany(drafting.connection, [{ key: 'draft', make: () => unsigned }], { ledger })
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
