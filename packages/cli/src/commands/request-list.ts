import type { RequestView } from '@tidings/client'
import { questions } from '@tidings/statement'
import { Option } from 'commander'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { contentOf } from '../contents.ts'
import { declareList, type ListOptions, listing } from '../listing.ts'
import { partyNames } from '../names.ts'
import { checkMechanism } from '../option-values.ts'
import { questionText } from '../question-text.ts'

interface Options extends CommonOptions, ListOptions {
  readonly mechanism?: string
  readonly side?: 'asked' | 'addressed'
  readonly question?: string
  readonly open?: boolean
  readonly content?: boolean
}

export const requestList = defineCommand<Options>({
  declare(command) {
    command
      .addOption(new Option('--side <side>', 'asked by you, or addressed to you').choices(['asked', 'addressed']))
      .addOption(new Option('--question <question>', 'only those that ask this').choices(questions))
      .option('--mechanism <id>', 'only of this mechanism')
      .option('--open', 'only those with an open question')
      .option('--content', 'with what each request tells; only with --json')
    declareList(command, 'requests')
    examples(
      command,
      'tidings request list --open --limit 50',
      'tidings request list --side addressed',
      'tidings request list --side addressed --json --content > requests.ndjson',
    )
  },

  async run(context, _, { side, question, mechanism, open, content, json, limit, all }) {
    checkMechanism(mechanism)
    const session = await context.session()
    const { connection, configuration } = session
    const view = configuration.mechanism === undefined ? undefined : await session.mechanism().catch(() => undefined)
    const name = partyNames(view)
    const filter = {
      mechanism,
      side: side && (side === 'asked' ? 'asker' : 'addressee'),
      open: open ? true : undefined,
    }
    const list = listing(context, asking(question, connection.read.requests(filter)), { limit, all })
    for await (const request of list.items) {
      const told =
        content && json ? { told: await contentOf(session, request.submitted.statement, request.content) } : {}
      await context.output.item({ ...request, ...told }, () =>
        [
          request.reference,
          `${name(request.asker)} asks ${name(request.addressee)}`,
          request.submitted.time.slice(0, 10),
          request.withdrawn ? 'withdrawn' : request.questions.map(questionText).join('; '),
        ].join('  '),
      )
    }
    await list.tellMore()
  },
})

/** Those of requests that ask a question; all without one. */
async function* asking(
  question: string | undefined,
  requests: AsyncIterable<RequestView>,
): AsyncGenerator<RequestView> {
  for await (const request of requests)
    if (question === undefined || request.questions.some((q) => q.question === question)) yield request
}
