import { readFileSync } from 'node:fs'
import {
  type Connection,
  connect,
  corrections,
  mechanisms,
  type Outstanding,
  type Planned,
  parties,
  type RequestView,
  register,
  requests,
  submitMany,
  type Unsigned,
} from '@tidings/client'
import { calendar30, type DutyKind } from '@tidings/exchange'
import {
  canonicalForm,
  newThingId,
  type PayloadOf,
  type Question,
  type ReplyFile,
  readStatement,
  replyFile,
  type Signer,
  thumbprint,
} from '@tidings/statement'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newSigner } from './support/author.ts'
import { type Service, startService } from './support/service.ts'

/** The numbers of the founding case: `packages/exchange/src/founding-case.test.ts` walks them in the fold alone. */
const { lists, asked, metInDetention } = JSON.parse(
  readFileSync(new URL('./fixtures/founding-case.json', import.meta.url), 'utf8'),
) as {
  readonly lists: { readonly A: number; readonly B: number }
  readonly asked: number
  readonly metInDetention: { readonly returned: number; readonly notified: number; readonly unknown: number }
}
const { returned, notified, unknown } = metInDetention
const questions: readonly Question[] = ['fate', 'whereabouts', 'remains']
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

type Answers = PayloadOf<'request.reply'>['body']['answers']

/**
 * The founding case on a running service, through the client and the desk: one list of 3,890 persons and one of 777; requests on 872 of them; 54 had been met
 * in detention: the bodies of 17 were returned, the deaths of 33 notified without remains, nothing known of 4. Fate, whereabouts and remains are three answers.
 */
describe('the founding case on a service', () => {
  let service: Service
  let a: Connection
  let b: Connection
  let m: Connection
  let mechanism: string
  let known: ReadonlyMap<string, RequestView>
  const cases: Record<string, string[]> = {}
  const asking = upTo(asked).map(() => newThingId())

  beforeAll(async () => {
    service = await startService()
    ;[a, b, m] = await Promise.all([begin(), begin(), begin()])
  })
  afterAll(async () => {
    await Promise.all([a, b, m].map((connection) => connection[Symbol.asyncDispose]()))
    await service[Symbol.asyncDispose]()
  })

  async function begin(): Promise<Connection> {
    const [signer, recover, next]: Signer[] = await Promise.all([newSigner(), newSigner(), newSigner()])
    if (!signer || !recover || !next) throw new Error('there are no keys')
    const inception = parties.begin({ sign: [signer.key], recover: [recover.key], nextRecover: thumbprint(next.key) })
    const connection = await connect({ url: service.url, party: inception.about, signer, vkey: service.log.vkey })
    await connection.state(inception)
    return connection
  }

  const participants = () => [
    { party: a.party, role: 'commission' as const, code: 'A' },
    { party: b.party, role: 'commission' as const, code: 'B' },
    { party: m.party, role: 'mediator' as const, code: 'M' },
  ]

  async function stateAll(by: Connection, all: readonly Unsigned[]): Promise<void> {
    const planned = all.map((unsigned, i): Planned => ({ key: String(i), make: () => unsigned }))
    const { recorded, refused } = await submitMany(by, planned)
    expect({ recorded, refused }).toEqual({ recorded: all.length, refused: 0 })
  }

  const after = async () => ({ after: (await service.size()) - 1 })

  /** What each owes and what is open of A's questions, as the desk tells each of them. Kinds of which nothing is owed are left out. */
  async function counts() {
    const [ofA, ofB, ofM] = await Promise.all(
      [a, b, m].map(async ({ party, read }) => read.outstanding(party, await after())),
    )
    if (!ofA || !ofB || !ofM) throw new Error('the desk does not answer')
    // Both sides are told the same.
    expect(ofA.totals.owedTo.questions).toEqual(ofB.totals.owedBy.questions)
    const open = Object.values(ofB.totals.owedBy.questions).reduce((sum, count) => sum + count, 0)
    return { A: owed(ofA), B: owed(ofB), M: owed(ofM), questions: open }
  }

  const owed = ({ totals }: Outstanding): Partial<Record<DutyKind, number>> =>
    Object.fromEntries(Object.entries(totals.owedBy.duties).filter(([, count]) => count > 0))

  const request = (i: number): RequestView => {
    const found = known.get(asking[i] ?? '')
    if (!found) throw new Error('there is no such request')
    return found
  }

  function found(answers: Answers): ReplyFile {
    return {
      answers: answers.map(({ question, disposition }) =>
        disposition === 'none-found'
          ? { question, search: { text: 'No entry in the registers of the places of detention.' } }
          : { question, finding: { text: 'As the register of the place of detention states.' } },
      ),
    }
  }

  const replies = (i: number, answers: Answers) => requests.reply(request(i), participants(), answers, found(answers))

  /** The latest reply to a request. */
  async function replyTo(i: number): Promise<string> {
    const { entries } = await b.read.timeline(asking[i] ?? '', await after())
    return entries.findLast(({ answers }) => answers !== undefined)?.statement ?? ''
  }

  const given = (...of: readonly Question[]): Answers => of.map((question) => ({ question, disposition: 'given' }))
  const noneFound = (...of: readonly Question[]): Answers =>
    of.map((question) => ({ question, disposition: 'none-found' }))

  it('two commissions and a mediator agree, on thirty days to reply', async () => {
    const proposed = await a.state(mechanisms.propose({ participants: participants() }))
    mechanism = readStatement(proposed.statement).payload.about
    for (const party of [b, m]) await party.state(mechanisms.accept(mechanism, proposed.id))
    const rules = await a.state(mechanisms.proposeRules(mechanism, calendar30({ version: 1, zone: 'Etc/UTC' })))
    for (const party of [b, m]) await party.state(mechanisms.acceptRules(mechanism, rules.id))
    expect(await counts()).toEqual({ A: {}, B: {}, M: {}, questions: 0 })
  })

  it('each keeps its list: 3,890 and 777', async () => {
    for (const [side, connection] of [['A', a] as const, ['B', b] as const]) {
      const described = upTo(lists[side]).map((i) =>
        register.describeCase({ fileNumber: `${side}/${i + 1}`, names: [{ full: `Invented Person ${i + 1}` }] }),
      )
      cases[side] = described.map(({ about }) => about)
      await stateAll(connection, described)
      const aud = [side === 'A' ? b.party : a.party, m.party]
      await connection.state(
        register.publishList({ version: 1, asOf: '2031-01-07', cases: cases[side], mechanism, aud }),
      )
    }
    const shown = await Array.fromAsync(m.read.lists(await after()))
    const sizes = shown.map(({ party, document }) => [
      party === a.party ? 'A' : 'B',
      (document as { count: number }).count,
    ])
    expect(Object.fromEntries(sizes)).toEqual({ A: lists.A, B: lists.B })
    expect(await counts()).toEqual({ A: {}, B: {}, M: {}, questions: 0 })
  })

  it('A asks about 872: B owes 872 acknowledge and 2,616 reply, each due thirty days after day zero', async () => {
    await stateAll(
      a,
      asking.map((id, i) => {
        const subject = cases.A?.[i] ?? ''
        const person = { names: [{ full: `Invented Person ${i + 1}` }] }
        return requests.submit({
          id,
          mechanism,
          participants: participants(),
          asker: a.party,
          addressee: b.party,
          matter: { type: 'case', case: subject },
          questions,
          file: { person, lastContact: { category: i % 2 === 0 ? 'captured' : 'remained-in-area' } },
        })
      }),
    )
    expect(await counts()).toEqual({
      A: {},
      B: { acknowledge: asked, reply: 3 * asked },
      M: {},
      questions: 3 * asked,
    })
    const views = await Array.fromAsync(b.read.requests({ side: 'addressee', ...(await after()) }))
    known = new Map(views.map((view) => [view.id, view]))
    // References count what A asked, one by one, whatever came in between.
    expect(
      views
        .map(({ reference }) => reference.slice(-5))
        .sort()
        .at(-1),
    ).toBe(String(asked).padStart(5, '0'))
    expect(new Set(views.map(({ reference }) => reference)).size).toBe(asked)
    const { duties, submitted } = await b.read.request(asking[0] ?? '')
    const due = Temporal.PlainDate.from(submitted.time.slice(0, 10)).add({ days: 30 }).toString()
    expect(duties.filter(({ kind }) => kind === 'reply').map((duty) => duty.due)).toEqual([due, due, due])
  })

  it('B acknowledges all, and answers of the 54 met in detention: 17 returned, 33 notified, 4 unknown', async () => {
    await stateAll(
      b,
      upTo(asked).map((i) => requests.acknowledge(request(i), participants())),
    )
    expect(await counts()).toEqual({ A: {}, B: { reply: 3 * asked }, M: {}, questions: 3 * asked })
    await stateAll(b, [
      ...upTo(returned).map((i) => replies(i, given(...questions))),
      ...upTo(notified).map((i) => replies(returned + i, given('fate'))),
      ...upTo(unknown).map((i) => replies(returned + notified + i, noneFound('fate', 'whereabouts'))),
    ])
    const answered = 3 * returned + notified + 2 * unknown
    expect(await counts()).toEqual({
      A: { assess: answered },
      B: { reply: 3 * asked - answered },
      M: {},
      // A reply is not a resolution: nothing is closed by it.
      questions: 3 * asked,
    })
  })

  it('A accepts what was given: a death notified without remains leaves whereabouts and remains open', async () => {
    const accepts = async (i: number, ...of: readonly Question[]) => {
      const assessments = of.map((question) => ({ question, assessment: 'accepted' as const }))
      return requests.assess(request(i), participants(), [await replyTo(i)], assessments)
    }
    const all: Unsigned[] = []
    for (const i of upTo(returned)) all.push(await accepts(i, ...questions))
    for (const i of upTo(notified)) all.push(await accepts(returned + i, 'fate'))
    await stateAll(a, all)
    expect(await counts()).toEqual({
      A: { assess: 2 * unknown },
      B: { reply: 3 * asked - 3 * returned - notified - 2 * unknown },
      M: {},
      questions: 3 * asked - 3 * returned - notified,
    })
    const open = async (i: number) => {
      const { questions: all } = await a.read.request(asking[i] ?? '', await after())
      return all.flatMap((one) => (one.open ? [one.question] : []))
    }
    expect([await open(0), await open(returned)]).toEqual([[], ['whereabouts', 'remains']])
  })

  it('a correction replaces the whole answer: it is assessed anew, and answers one question more', async () => {
    const before = await counts()
    const corrected = given('fate', 'whereabouts')
    const { statement } = await b.read.statement(await replyTo(returned))
    const made = readStatement(statement)
    const content = {
      subject: request(returned).content.subject,
      mediaType: replyFile.mediaType,
      data: canonicalForm(found(corrected)),
    }
    await b.state(
      corrections.correct(made, { stream: 'request', kind: 'request.reply', body: { answers: corrected } }, [content]),
    )
    expect(await counts()).toEqual({
      A: { assess: 2 * unknown + 2 },
      B: { reply: (before.B.reply ?? 0) - 1 },
      M: {},
      questions: before.questions + 1,
    })
  })

  it('what was not found is accepted of one, insufficient of another, disputed of a third: each opens what follows', async () => {
    const before = await counts()
    const first = returned + notified
    const assess = async (i: number, assessment: 'accepted-with-reservation' | 'insufficient' | 'disputed') =>
      a.state(requests.assess(request(i), participants(), [await replyTo(i)], [{ question: 'fate', assessment }]))
    await assess(first, 'accepted-with-reservation')
    await assess(first + 1, 'insufficient')
    await assess(first + 2, 'disputed')
    expect(await counts()).toEqual({
      A: { assess: (before.A.assess ?? 0) - 3 },
      B: { reply: (before.B.reply ?? 0) + 1 },
      M: { 'decide-referral': 1 },
      questions: before.questions - 1,
    })
  })

  it('A asks again about one that was closed, and withdraws another', async () => {
    const before = await counts()
    const said = { request: request(0), participants: participants(), by: a.party }
    await a.state(requests.reopen(said, ['remains']))
    expect(await counts()).toEqual({
      ...before,
      B: { reply: (before.B.reply ?? 0) + 1 },
      questions: before.questions + 1,
    })
    await a.state(requests.withdraw(request(asked - 1), participants()))
    expect(await counts()).toEqual({
      ...before,
      B: { reply: (before.B.reply ?? 0) + 1 - 3 },
      questions: before.questions + 1 - 3,
    })
  })
})
