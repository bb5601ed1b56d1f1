import { minimumLacks, type RequestDetail, requests, ServiceError } from '@tidings/client'
import { columns } from '@tidings/client/import'
import { missingItems, type RequestFile } from '@tidings/statement'
import { type ActOptions, actCommand } from '../act-command.ts'
import { type Context, defineCommand } from '../command.ts'
import { contentOf } from '../contents.ts'
import { exitCodes } from '../exit-codes.ts'
import { minimumIn } from '../minimum-advice.ts'
import { requestMeant } from '../request-meant.ts'
import type { Session } from '../session.ts'
import { severalOf } from '../within-request.ts'

type Missing = (typeof missingItems)[number]

const stated = actCommand({
  columns: { missing: columns.needed(columns.words(missingItems)), text: columns.text },
  declare: (command) =>
    severalOf(command, '--missing <item>', 'what is missing', missingItems).option(
      '--text <text>',
      'the same in words',
    ),
  examples: [
    'tidings request return A-B-2026-00001',
    'tidings request return A-B-2026-00001 --missing identity --missing date',
    'tidings request return --table incomplete.csv',
  ],
  make: (said, { missing }) => requests.returnAsIncomplete(said, missing.toSorted()),
  told: () => 'REF is returned as incomplete.',
  many: 'returns',
  round: ['acknowledge', 'reply'],
})

export const requestReturn = defineCommand<ActOptions>({
  declare: stated.declare,
  async run(context, operands, options) {
    const [request] = operands
    if (request !== undefined && options.table === undefined && options.missing === undefined)
      return await guide(context, request)
    return await stated.run(context, operands, options)
  },
})

const meanings: Readonly<Record<Missing, string>> = {
  identity: 'who is meant cannot be told from others',
  'last-contact': 'how the person was last in contact',
  date: 'when',
  place: 'where',
  circumstances: 'in which circumstances',
  'number-of-persons': 'how many persons are meant',
  grounds: 'on what the request is grounded',
  'supporting-documents': 'documents that it names or rests on',
  legibility: 'something cannot be read',
}

/** Tells what can be missing, and what the agreed minimum asks for and the request lacks, where its content may be read. Nothing is stated. */
async function guide(context: Context, text: string): Promise<number> {
  const session = await context.session()
  const request = await requestMeant(session, text)
  const agreed = minimumIn(await session.mechanism(request.mechanism))
  const file = agreed && (await fileOf(session, request))
  const questions = request.questions.map(({ question }) => question)
  const matter = request.matter.type as 'case' | 'burial-place' | 'records' | 'group'
  const lacks = file ? minimumLacks(agreed, { matter, questions, file }) : []
  const proposed = [...new Set(lacks.map(({ missing }) => missing))].toSorted()
  const { reference } = request
  context.output.result({ reference, canBeMissing: missingItems, lacks, proposed }, () =>
    [
      'What can be missing:',
      ...missingItems.map((item) => `  ${item.padEnd(22)}${meanings[item]}`),
      '',
      ...(agreed === undefined ? ['No minimum is agreed.'] : []),
      ...(agreed && !file
        ? ['This party may not read what the request tells: whether it lacks something, it cannot say.']
        : []),
      ...(file && lacks.length === 0 ? [`${reference} tells what the agreed minimum asks for.`] : []),
      ...lacks.map(
        ({ field, missing }) => `${reference} lacks ${field}, which the agreed minimum asks for: ${missing}`,
      ),
      'Nothing was stated.',
    ].join('\n'),
  )
  const named = proposed.length === 0 ? ' --missing ITEM' : proposed.map((item) => ` --missing ${item}`).join('')
  context.output.next(`tidings request return ${reference}${named}`)
  return exitCodes.usage
}

/** What a request tells; nothing where this party may not read it, or it is there no more. */
async function fileOf(session: Session, { submitted, content }: RequestDetail): Promise<RequestFile | undefined> {
  try {
    return (await contentOf(session, submitted.statement, content)) as RequestFile
  } catch (error) {
    if (error instanceof ServiceError && [403, 404].includes(error.problem.status)) return undefined
    throw error
  }
}
