import { ServiceError, type Timeline } from '@tidings/client'
import { note } from '@tidings/statement'
import type { z } from 'zod'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { contentOf } from '../contents.ts'
import { partyNames } from '../names.ts'
import { lastLeaf, timeText } from '../output.ts'
import { requestMeant } from '../request-meant.ts'
import type { Session } from '../session.ts'

interface Options extends CommonOptions {
  readonly notes?: boolean
}

export const timeline = defineCommand<Options>({
  declare(command) {
    command.option('--notes', 'what was said in words beside each statement, where you may read it')
    examples(command, 'tidings timeline A-B-2026-00001', 'tidings timeline A-B-2026-00001 --notes')
  },

  async run(context, [text = ''], { notes }) {
    const session = await context.session()
    const request = await requestMeant(session, text)
    const view = await session.connection.read.timeline(request.id)
    const name = partyNames(await session.mechanism(request.mechanism))
    const entries = await Promise.all(
      view.entries.map(async (entry) => ({ ...entry, ...(notes && { notes: await notesOf(session, entry) }) })),
    )
    context.output.result({ ...view, entries }, () =>
      [`${request.reference}, as of ${lastLeaf(view.asOf)}`, ...entries.map((entry) => entryText(entry, name))].join(
        '\n\n',
      ),
    )
    const last = view.entries.at(-1)
    if (last) context.output.next(`tidings receipt ${last.statement} --out receipts`)
  },
})

/** What a body says, without the marks of JSON. */
function said(value: unknown): string {
  if (Array.isArray(value)) return value.map(said).join(', ')
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.values(value).map(said).join(' ')
}

type Entry = Timeline['entries'][number]

/** The texts beside a statement that this party may read; what it may not, or what is there no more, is passed over. */
async function notesOf(session: Session, { statement, content = [] }: Entry): Promise<string[]> {
  const told = content.filter(({ mediaType }) => mediaType === note.mediaType)
  const read = await Promise.allSettled(told.map((one) => contentOf(session, statement, one)))
  return read.flatMap((one) => {
    if (one.status === 'fulfilled') return (one.value as z.infer<typeof note.schema>).text
    if (one.reason instanceof ServiceError && [403, 404].includes(one.reason.problem.status)) return []
    throw one.reason
  })
}

function entryText(entry: Entry & { readonly notes?: readonly string[] }, name: (party: string) => string): string {
  const { verdict } = entry
  const why = verdict.verdict === 'void' ? ` (${verdict.reason})` : ''
  const counts = verdict.verdict === 'effective' ? '' : `  ${verdict.verdict}${why}`
  return [
    `${timeText(entry.time)}  leaf ${entry.leaf}  ${name(entry.iss)} states ${entry.kind}${counts}`,
    `  statement ${entry.statement}`,
    ...(entry.answers ?? []).map((a) => `  ${a.question}: ${a.disposition}`),
    ...(entry.assessments ?? []).map((a) => `  ${a.question}: ${a.assessment}`),
    ...Object.entries(entry.body ?? {}).map(([member, value]) => `  ${member}: ${said(value)}`),
    ...(entry.notes ?? []).map((text) => text.replaceAll(/^/gm, '  | ')),
    ...entry.discharged.map((duty) => `  discharges ${dutyText(duty, name)}`),
    ...entry.opened.map((duty) => `  opens ${dutyText(duty, name)}`),
  ].join('\n')
}

function dutyText(
  duty: { readonly kind: string; readonly question?: string | undefined; readonly owner: string },
  name: (party: string) => string,
): string {
  return `${duty.kind}${duty.question === undefined ? '' : ` ${duty.question}`} of ${name(duty.owner)}`
}
