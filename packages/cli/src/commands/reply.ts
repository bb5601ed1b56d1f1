import { type Planned, type RequestDetail, type RequestView, requests } from '@tidings/client'
import { type ReplyAct, readReplies, replyColumns } from '@tidings/client/import'
import { dispositions, questions, type ReplyFile, sha256, toBase64url, utf8 } from '@tidings/statement'
import { codeOfLeftOut, oneRow, openActs, refuseFaults, requestResolver, siteResolver, tellFaults } from '../acts.ts'
import { submitAll, tellBulk } from '../bulk.ts'
import { type CommonOptions, type Context, defineCommand, examples } from '../command.ts'
import { CommandError, usageError } from '../command-error.ts'
import { readNamedJson } from '../named-file.ts'
import { requestMeant } from '../request-meant.ts'
import type { Session } from '../session.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly table?: string
  readonly file?: string
  readonly [option: string]: unknown
}

export const reply = defineCommand<Options>({
  declare(command) {
    command
      .option('--question <question>', `which question: ${questions.join(', ')}; the only one that waits unless named`)
      .option('--disposition <disposition>', `what you state of it: ${dispositions.join(', ')}`)
      .option('--estimate <date>', 'interim: when an answer may be expected')
      .option('--review <date>', 'given-in-part and not-now: when you will look again')
      .option('--fate <fate>', 'found: alive, alive-in-custody, released, transferred, dead or unknown')
      .option('--date <edtf>', 'found: when, in EDTF, such as 1992-02 or 1992~')
      .option('--place <text>', 'found: where, as recorded')
      .option('--remains <state>', 'found: returned, identified, recovered, burial-place-known or not-known')
      .option('--site <ids>', 'found: burial places that you have disclosed, parted by semicolons')
      .option('--register-number <numbers>', 'found: the same, by their numbers in your register')
      .option('--documents <texts>', 'found: documents, parted by semicolons')
      .option('--text <text>', 'found: in your own words')
      .option('--search-text <text>', 'the search that was made')
      .option('--search-sources <texts>', 'what was searched, parted by semicolons')
      .option('--search-period <edtf>', 'the period that was searched')
      .option('--ground <ground>', 'not-now: why, such as ongoing-investigation or needs-more-time')
      .option('--note <text>', 'anything more about the answer')
      .option('--file <file>', 'what the reply tells, as JSON, in place of the options above')
      .option('--table <file>', `a table of answers, a row for each question: ${replyColumns.join(', ')}`)
    examples(
      command,
      'tidings reply A-B-2026-00001 --question fate --disposition none-found --search-text "hospital archive 1992 to 1994 read"',
      'tidings reply A-B-2026-00001 --question remains --disposition not-now --review 2027-03-01 --ground ongoing-investigation',
      'tidings reply --table answers.xlsx',
    )
  },

  async run(context, [text], options) {
    if ((text === undefined) === (options.table === undefined))
      throw usageError('Name a request, or a --table of answers.')
    const session = await context.session()
    if (options.table !== undefined) return await replyTable(context, session, options.table)
    const request = await requestMeant(session, text ?? '')
    const participants = requests.participantsIn(await session.mechanism(request.mechanism))
    const cells = cellsOf(request, options)
    const resolver = cells['register number'] === undefined ? {} : { site: await siteResolver(session) }
    const told = options.file === undefined ? undefined : await readReplyFile(options.file)
    const { acts, faults } = await readReplies(oneRow(told ? { ...cells, note: 'told in a file' } : cells), resolver)
    refuseFaults(faults)
    const [act] = acts
    if (!act) throw usageError('Name --question and --disposition.')
    const receipt = await session.state(requests.reply(request, participants, act.answers, told ?? act.file))
    tellRecorded(context.output, `The reply to ${request.reference} is recorded.`, receipt, { request: request.id })
    context.output.next(`tidings timeline ${request.reference}`, `tidings receipt ${receipt.id} --out receipts`)
    return undefined
  },
})

/** The options as cells of a row; the question may be left out where only one waits for an answer. */
function cellsOf(request: RequestDetail, options: Options): Record<string, string> {
  const waiting = request.duties.filter(
    ({ kind, dischargedAt }) => (kind === 'reply' || kind === 'review') && dischargedAt === undefined,
  )
  const [only, ...more] = new Set(waiting.flatMap(({ question }) => question ?? []))
  const cells: Record<string, string> = {
    request: request.id,
    question: more.length === 0 && only !== undefined ? only : '',
    disposition: '',
  }
  for (const column of replyColumns) {
    const value = options[column.replace(/ ([a-z])/g, (_, letter: string) => letter.toUpperCase())]
    if (typeof value === 'string') cells[column] = value
  }
  return cells
}

async function readReplyFile(file: string): Promise<ReplyFile> {
  // Its schema is checked before anything is signed.
  return (await readNamedJson(file, '--file')) as ReplyFile
}

/** A reply for each request of a table. A second run makes only what is new; a row that was corrected says something else. */
async function replyTable(context: Context, session: Session, file: string): Promise<number | undefined> {
  const table = await openActs(file)
  const site = table.header.some((name) => /register/i.test(name)) ? { site: await siteResolver(session) } : {}
  const read = await readReplies(table, { request: await requestResolver(session, 'addressee'), ...site })
  const leftOut = tellFaults(context.output, read)
  const known = await requestsNamed(session, read.acts)

  async function* planned(): AsyncGenerator<Planned> {
    for (const { request: id, answers, file: told } of read.acts) {
      const request = known.get(id)
      if (!request) throw new CommandError(`There is no request ${id} that is addressed to you.`)
      const participants = requests.participantsIn(await session.mechanism(request.mechanism))
      yield {
        key: toBase64url(sha256(utf8(JSON.stringify([id, answers, told])))),
        make: () => requests.reply(request, participants, answers, told),
      }
    }
  }

  const result = await submitAll(context, session, {
    batch: 'replies',
    planned: planned(),
    total: () => read.acts.length,
    what: 'replies',
  })
  return tellBulk(context, 'replies', result, { rowsRefused: leftOut }) ?? codeOfLeftOut(leftOut)
}

async function requestsNamed({ connection }: Session, acts: readonly ReplyAct[]): Promise<Map<string, RequestView>> {
  const named = new Set(acts.map(({ request }) => request))
  const found = new Map<string, RequestView>()
  for await (const request of connection.read.requests({ side: 'addressee' })) {
    if (named.has(request.id)) found.set(request.id, request)
    if (found.size === named.size) break
  }
  return found
}
