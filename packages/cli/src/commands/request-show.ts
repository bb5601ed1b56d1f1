import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { contentOf } from '../contents.ts'
import { dutyColumns, dutyRow } from '../duty-row.ts'
import { matterText } from '../matter-text.ts'
import { partyNames } from '../names.ts'
import { facts, table, timeText } from '../output.ts'
import { questionText } from '../question-text.ts'
import { requestMeant } from '../request-meant.ts'

interface Options extends CommonOptions {
  readonly content?: boolean
}

export const requestShow = defineCommand<Options>({
  declare(command) {
    command.option('--content', 'with what the request tells')
    examples(command, 'tidings request show A-B-2026-00001 --content')
  },

  async run(context, [text = ''], { content }) {
    const session = await context.session()
    const request = await requestMeant(session, text)
    const name = partyNames(await session.mechanism(request.mechanism))
    const told = content ? await contentOf(session, request.submitted.statement, request.content) : undefined
    const open = request.duties.filter(({ dischargedAt }) => dischargedAt === undefined)
    context.output.result(told === undefined ? request : { ...request, told }, () =>
      [
        facts([
          ['request', `${request.reference}  ${request.id}`],
          ['asks', `${name(request.asker)} asks ${name(request.addressee)}`],
          ['about', matterText(request.matter)],
          ['submitted', `${timeText(request.submitted.time)}, leaf ${request.submitted.leaf}`],
          [
            'returned',
            request.returned === undefined ? undefined : `as incomplete, ${timeText(request.returned.time)}`,
          ],
          ['withdrawn', request.withdrawn ? 'yes' : undefined],
        ]),
        '',
        'Questions',
        ...request.questions.map((question) => `  ${questionText(question)}`),
        '',
        open.length === 0
          ? 'No duty is open.'
          : table(
              dutyColumns,
              open.map((duty) => dutyRow(duty, name)),
            ),
        ...(told === undefined ? [] : ['', `${name(request.asker)} states:`, JSON.stringify(told, null, 2)]),
      ].join('\n'),
    )
    context.output.next(`tidings timeline ${request.reference}`)
  },
})
