import { type Planned, type RequestDetail, requests } from '@tidings/client'
import { assessColumns, readAssessments } from '@tidings/client/import'
import { assessments, questions } from '@tidings/statement'
import { codeOfLeftOut, oneRow, openActs, refuseFaults, requestResolver, tellFaults } from '../acts.ts'
import { submitAll, tellBulk } from '../bulk.ts'
import { type CommonOptions, type Context, defineCommand, examples } from '../command.ts'
import { CommandError, usageError } from '../command-error.ts'
import { concurrently } from '../concurrently.ts'
import { exitCodes } from '../exit-codes.ts'
import { requestMeant } from '../request-meant.ts'
import type { Session } from '../session.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly question?: string
  readonly assessment?: string
  readonly note?: string
  readonly table?: string
}

export const assess = defineCommand<Options>({
  declare(command) {
    command
      .option('--question <question>', `which question: ${questions.join(', ')}; the only one that waits unless named`)
      .option('--assessment <assessment>', `what you state of the answer: ${assessments.join(', ')}`)
      .option('--note <text>', 'why, in your own words: content, for the parties alone')
      .option('--table <file>', `a table of assessments, a row for each question: ${assessColumns.join(', ')}`)
    examples(
      command,
      'tidings assess A-B-2026-00001 --question fate --assessment accepted',
      'tidings assess A-B-2026-00001 --question remains --assessment insufficient --note "no place is named"',
      'tidings assess --table assessments.csv',
    )
  },

  async run(context, [text], { question, assessment = '', note = '', table }) {
    if ((text === undefined) === (table === undefined)) throw usageError('Name a request, or a --table of assessments.')
    const session = await context.session()
    if (table !== undefined) return await assessTable(context, session, table)
    const request = await requestMeant(session, text ?? '')
    const waiting = waitingIn(request)
    if (waiting.size === 0) {
      throw new CommandError(`No answer of ${request.reference} waits to be assessed.`, exitCodes.nothingToDo)
    }
    const [only] = waiting.size === 1 ? waiting.keys() : []
    const row = { request: request.id, question: question ?? only ?? '', assessment, note }
    const { acts, faults } = await readAssessments(oneRow(row))
    refuseFaults(faults)
    const [act] = acts
    if (!act) throw usageError('Name --question and --assessment.')
    const receipt = await session.state(await assessing(session, request, act.assessments, act.note))
    tellRecorded(context.output, `The assessment of ${row.question} in ${request.reference} is recorded.`, receipt, {
      request: request.id,
    })
    return undefined
  },
})

/** The questions of a request that wait for an assessment, each with the reply that opened the duty. */
function waitingIn({ duties }: Pick<RequestDetail, 'duties'>): Map<string, string> {
  return new Map(
    duties.flatMap(({ kind, question, openedBy, dischargedAt }) =>
      kind === 'assess' && question !== undefined && dischargedAt === undefined ? [[question, openedBy]] : [],
    ),
  )
}

async function assessing(
  session: Session,
  request: RequestDetail,
  stated: Parameters<typeof requests.assess>[3],
  note: string | undefined,
) {
  const waiting = waitingIn(request)
  const replies = stated.map(({ question }) => {
    const reply = waiting.get(question)
    if (reply === undefined) {
      throw new CommandError(
        `No answer to ${question} in ${request.reference} waits to be assessed.`,
        exitCodes.conflict,
      )
    }
    return reply
  })
  const participants = requests.participantsIn(await session.mechanism(request.mechanism))
  return requests.assess(request, participants, [...new Set(replies)], stated, note)
}

/** An assessment for each request of a table. A second run makes only what is new. */
async function assessTable(context: Context, session: Session, file: string): Promise<number | undefined> {
  const table = await openActs(file)
  const read = await readAssessments(table, { request: await requestResolver(session, 'asker') })
  const leftOut = tellFaults(context.output, read)
  const batch = 'assessments'
  const kept = session.ledger.batch(batch)
  let notWaiting = 0

  async function* planned(): AsyncGenerator<Planned> {
    const acts = concurrently(read.acts, 16, async (act) => ({
      ...act,
      request: await session.connection.read.request(act.request),
    }))
    for await (const { request, assessments: stated, note } of acts) {
      // By the answers that it assesses: later answers to the same questions are assessed anew.
      const assessed = stated.map(({ question }) => {
        const last = request.duties.findLast((duty) => duty.kind === 'assess' && duty.question === question)
        return `${last?.openedBy ?? request.id} ${question}`
      })
      const key = assessed.join(' ')
      const waiting = waitingIn(request)
      if (kept.find([key]).size === 0 && stated.some(({ question }) => !waiting.has(question))) {
        context.output.message(`${request.reference}: no answer to what is assessed waits for it; left out.`)
        notWaiting++
        continue
      }
      yield { key, make: () => assessing(session, request, stated, note) }
    }
  }

  const result = await submitAll(context, session, {
    batch,
    planned: planned(),
    total: () => read.acts.length,
    what: 'assessments',
  })
  const code = tellBulk(context, 'assessments', result, { rowsRefused: leftOut, notWaiting })
  return code ?? codeOfLeftOut(leftOut + notWaiting)
}
