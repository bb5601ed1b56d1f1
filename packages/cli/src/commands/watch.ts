import type { Change } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { partyNames } from '../names.ts'
import { timeText } from '../output.ts'
import type { Session } from '../session.ts'

interface Options extends CommonOptions {
  readonly after?: string
  readonly once?: boolean
  readonly untilLeaf?: string
}

export const watch = defineCommand<Options>({
  declare(command) {
    command
      .option('--after <leaf>', 'begin after this leaf, -1 for the beginning; with what comes next unless told')
      .option('--once', 'end when everything recorded by now has been looked at; from the beginning unless told')
      .option('--until-leaf <leaf>', 'end when this leaf has been looked at')
    examples(command, 'tidings watch', 'tidings watch --once --after 171 --json')
  },

  async run(context, _, { once, after: from = once ? '-1' : undefined, untilLeaf }) {
    const session = await context.session()
    const { log, read } = session.connection
    const until = untilLeaf === undefined ? once && log.checkpoint.size - 1 : leafOf('--until-leaf', untilLeaf)
    const after = from === undefined ? undefined : leafOf('--after', from)
    const isEnd = (leaf: number) => typeof until === 'number' && leaf >= until
    if (after !== undefined && isEnd(after)) return undefined
    for await (const { leaf, change } of read.changes({
      signal: context.stop,
      ...(after !== undefined && { after }),
    })) {
      // A line for programs even where there is nothing to tell: the last line says where to go on.
      if (change) await context.output.item(change, await changeText(session, change))
      else if (context.output.json) await context.output.item({ leaf }, () => '')
      if (isEnd(leaf)) break
    }
    return undefined
  },
})

async function changeText(session: Session, change: Change): Promise<() => string> {
  const { leaf, time, iss, kind, stream, about, mechanism, verdict, releases } = change
  const view = mechanism ?? session.configuration.mechanism
  const name = partyNames(view === undefined ? undefined : await session.mechanism(view).catch(() => undefined))
  const why = verdict.verdict === 'void' ? ` (${verdict.reason})` : ''
  const released = releases ? ` of ${releases.kind}, leaf ${releases.leaf}` : ''
  return () =>
    `${timeText(time)}  leaf ${leaf}  ${name(iss)} states ${kind}${released}  ${stream} ${about}  ${verdict.verdict}${why}`
}

function leafOf(option: string, text: string): number {
  if (/^(-1|\d{1,15})$/.test(text)) return Number(text)
  throw usageError(`${option}: ${text} is not a leaf: a whole number, or -1 before all.`)
}
