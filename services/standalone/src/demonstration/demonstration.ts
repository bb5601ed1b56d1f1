import { access, readFile } from 'node:fs/promises'
import { daysBefore } from './days.ts'
import type { Example } from './example.ts'
import { type InventedClock, inventedClock } from './invented-clock.ts'
import { completeFile } from './seed.ts'

/** The demonstration of a data folder that was made to hold one. */
export interface Demonstration {
  /** Homes of its parties. */
  readonly folder: string
  /** The folder of the log. */
  readonly log: string
  /** When the data folder was made: everything told lies before that day. */
  readonly firstStart: Date
  /** The clock of the log while it is told; none once it is complete, or when it is not to be gone on with. */
  readonly clock?: InventedClock
  isComplete(): Promise<boolean>
  /** What may be looked at first, once everything is told. */
  example(): Promise<Example | undefined>
}

/**
 * Finds where a demonstration stands. Begun and not finished, e.g. because the process was killed meanwhile, it has a clock that stands at its first day: the
 * times of checkpoints never decrease, so that the log goes on from that of its last one.
 *
 * @param goOn whether it is to be told, or told further
 */
export async function openDemonstration(
  { folder, log }: Pick<Demonstration, 'folder' | 'log'>,
  firstStart: Date,
  goOn: boolean,
): Promise<Demonstration> {
  const isComplete = () =>
    access(completeFile(folder)).then(
      () => true,
      () => false,
    )
  const isToBeTold = goOn && !(await isComplete())
  return {
    folder,
    log,
    firstStart,
    isComplete,
    async example() {
      return (await isComplete()) ? (JSON.parse(await readFile(completeFile(folder), 'utf8')) as Example) : undefined
    },
    ...(isToBeTold && { clock: inventedClock(daysBefore(firstStart).at(0, 0)) }),
  }
}
