import type { Context } from './command.ts'
import { operate } from './operator-process.ts'
import { showProgress } from './progress.ts'

/** Has something done with a data folder, shows how far it has come, and returns what it came to. */
export async function followSteps(
  { output, stop }: Context,
  act: 'backup' | 'restore' | 'rebuild',
  options: Readonly<Record<string, string>>,
): Promise<unknown> {
  let [step, progress] = ['', showProgress(output, '')]
  try {
    for await (const told of operate(act, options, stop)) {
      if ('done' in told) return told.done
      if (!('step' in told)) continue
      if (told.step.step !== step) {
        step = told.step.step
        progress[Symbol.dispose]()
        progress = showProgress(output, act === 'rebuild' ? step : `(${step})`)
      }
      progress.at(told.step.done, told.step.total)
    }
    return undefined
  } finally {
    progress[Symbol.dispose]()
  }
}
