import type { Timeline } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { partyNames } from '../names.ts'
import { timeText } from '../output.ts'
import { requestMeant } from '../request-meant.ts'

export const timeline = defineCommand<CommonOptions>({
  declare(command) {
    examples(command, 'tidings timeline A-B-2026-00001')
  },

  async run(context, [text = '']) {
    const session = await context.session()
    const request = await requestMeant(session, text)
    const view = await session.connection.read.timeline(request.id)
    const name = partyNames(await session.mechanism(request.mechanism))
    context.output.result(view, () =>
      [`${request.reference}, as of leaf ${view.asOf}`, ...view.entries.map((entry) => entryText(entry, name))].join(
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

function entryText(entry: Timeline['entries'][number], name: (party: string) => string): string {
  const { verdict } = entry
  const why = verdict.verdict === 'void' ? ` (${verdict.reason})` : ''
  const counts = verdict.verdict === 'effective' ? '' : `  ${verdict.verdict}${why}`
  return [
    `${timeText(entry.time)}  leaf ${entry.leaf}  ${name(entry.iss)} states ${entry.kind}${counts}`,
    `  statement ${entry.statement}`,
    ...(entry.answers ?? []).map((a) => `  ${a.question}: ${a.disposition}`),
    ...(entry.assessments ?? []).map((a) => `  ${a.question}: ${a.assessment}`),
    ...Object.entries(entry.body ?? {}).map(([member, value]) => `  ${member}: ${said(value)}`),
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
