import { corrections } from '@tidings/client'
import { canonicalForm, type PayloadOf, prefixOf, type Statement } from '@tidings/statement'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { contentOf } from '../contents.ts'
import { readNamedJson } from '../named-file.ts'
import { ownStatement } from '../own-statement.ts'
import type { Session } from '../session.ts'
import { tellRecorded } from '../told.ts'

type Correction = PayloadOf<'statement.correct'>['body']

interface Options extends CommonOptions {
  readonly body?: string
  readonly content?: string
}

export const correct = defineCommand<Options>({
  declare(command) {
    command
      .option('--body <file>', 'what it says from now on, as JSON; as it was unless told')
      .option('--content <file>', 'what it tells from now on, as JSON; as it was unless told')
    examples(command, 'tidings correct STATEMENT --content reply.json', 'tidings correct STATEMENT --body answers.json')
  },

  async run(context, [id = ''], { body, content }) {
    if (body === undefined && content === undefined)
      throw usageError('Name what is corrected: --body, --content or both.')
    const session = await context.session()
    const statement = await ownStatement(session, id)
    const before = saidBefore(statement)
    const now = body === undefined ? before : ({ ...before, body: await readNamedJson(body, '--body') } as Correction)
    const contents = await contentsNow(session, statement, content)
    const receipt = await session.state(corrections.correct(statement, now, contents))
    tellRecorded(context.output, 'It is corrected from here on. The record keeps both.', receipt, { corrected: id })
    return undefined
  },
})

/** What a statement, or a correction of it, says: its kind is checked before anything is signed. */
function saidBefore({ payload }: Statement): Correction {
  if (payload.kind === 'statement.correct') return (payload as PayloadOf<'statement.correct'>).body
  return { stream: prefixOf(payload), kind: payload.kind, body: payload.body } as Correction
}

/** What it tells from now on: each content as it was, the first one as the file has it. */
async function contentsNow(session: Session, { id, payload }: Statement, file: string | undefined) {
  const told = payload.content ?? []
  if (file !== undefined && told.length === 0) throw usageError('It brought no content that could be corrected.')
  return await Promise.all(
    told.map(async (reference, at) => {
      const value =
        at === 0 && file !== undefined
          ? await readNamedJson(file, '--content')
          : await contentOf(session, id, reference)
      return { subject: reference.subject, mediaType: reference.mediaType, data: canonicalForm(value) }
    }),
  )
}
