import { type Planned, type Repeat, type SubmitSummary, submitMany } from '@tidings/client'
import type { Context } from './command.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { durationText, showProgress } from './progress.ts'
import type { Session } from './session.ts'
import { waitReason } from './waits.ts'

/** Work on many statements. */
export interface BulkWork {
  /** What it is done for: statements are kept under it and their keys, and not made again. */
  readonly batch: string
  readonly planned: AsyncIterable<Planned> | Iterable<Planned>
  /** How many there will be, if that is known. */
  readonly total?: () => number | undefined
  /** What is counted, in the plural, e.g. `requests`. */
  readonly what: string
  /** Whether all of them are recorded in their order, and not only what shares a request: one request is under way then. */
  readonly inOrder?: boolean
}

/** What came of it. */
export interface BulkResult extends SubmitSummary {
  /** Whether they are drafts that wait for their release. */
  readonly held: boolean
  readonly refusals: readonly Refusal[]
  readonly seconds: number
}

/** Refusals of one kind: how many, and one of them. */
export interface Refusal {
  readonly message: string
  readonly count: number
}

/** Submits many statements through the ledger of this home, showing progress. A stop finishes what is under way. */
export async function submitAll({ output, stop }: Context, session: Session, work: BulkWork): Promise<BulkResult> {
  using progress = showProgress(output, work.what)
  const refusals = new Map<string, number>()
  const started = performance.now()
  const summary = await submitMany(session.connection, work.planned, {
    ledger: session.ledger.batch(work.batch),
    stop,
    ...(work.inOrder && { inFlight: 1 }),
    onProgress: ({ recorded, alreadyRecorded, refused }) =>
      progress.at(recorded + alreadyRecorded + refused, work.total?.()),
    onRepeat: (repeat) => progress.waits(repeatLine(repeat, work.what)),
    onOutcome: (outcome) => {
      if (outcome.outcome !== 'refused') return
      // By its title: the detail differs from one to the next.
      const { title } = outcome.error.problem
      refusals.set(title, (refusals.get(title) ?? 0) + 1)
    },
  })
  return {
    ...summary,
    held: await session.isDrafting(),
    refusals: [...refusals].map(([message, count]) => ({ message, count })),
    seconds: (performance.now() - started) / 1000,
  }
}

/** One line: why something is sent again, how much of it, and when. */
export function repeatLine({ because, statements, seconds }: Repeat, what: string): string {
  return `${waitReason(because)}: ${statements} ${what} will be sent again in ${durationText(Math.ceil(seconds))}.`
}

/**
 * Tells what came of the work, beside what its command has counted itself; gives the exit code.
 *
 * @param forPrograms told with `--json` only
 */
export function tellBulk(
  { output }: Context,
  what: string,
  result: BulkResult,
  own: Readonly<Record<string, number>> = {},
  forPrograms: Readonly<Record<string, unknown>> = {},
): ExitCode | undefined {
  const { recorded, alreadyRecorded, refused, stopped, seconds, refusals } = result
  const rate = seconds > 0 ? Math.round(recorded / seconds) : 0
  output.result(
    {
      ...own,
      ...forPrograms,
      recorded,
      alreadyRecorded,
      refusedByService: refused,
      held: result.held,
      stopped,
      seconds: Math.round(seconds * 10) / 10,
    },
    () =>
      [
        ...Object.entries(own).flatMap(([name, count]) => (count > 0 ? [`${count} ${spaced(name)}`] : [])),
        `${what}: ${recorded} recorded${recorded > 0 ? ` in ${seconds.toFixed(1)} s (${rate} a second)` : ''}`,
        ...(alreadyRecorded > 0 ? [`${alreadyRecorded} there already, from an earlier run`] : []),
        ...(refused > 0 ? [`${refused} refused by the service:`] : []),
        ...refusals.map(({ message, count }) => `  ${count}: ${message}`),
      ].join('\n'),
  )
  if (result.held && recorded > 0) output.message('They are drafts: each counts when it is released.')
  if (stopped) {
    output.message(
      'Stopped. Whatever was recorded is kept: run the same command again, and it goes on where it stopped.',
    )
    return exitCodes.cancelled
  }
  return refused > 0 ? exitCodes.conflict : undefined
}

function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
