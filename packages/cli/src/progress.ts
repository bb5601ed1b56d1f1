import type { Output } from './output.ts'

/** Progress of long work, on stderr: how many, how fast, how long yet. */
export interface Progress extends Disposable {
  /** How far the work has come. */
  at(done: number, total?: number): void
  /** Why nothing moves for a while: told at once, unless that was told just now. */
  waits(why: string): void
}

const redrawEvery = 200
const lineEvery = 5_000

/**
 * Shows progress: one line redrawn on a terminal, a line every few seconds elsewhere. Work that is over sooner shows nothing.
 *
 * @param what is counted, e.g. `statements`
 */
export function showProgress(output: Output, what: string, now: () => number = () => performance.now()): Progress {
  const { stderr } = output
  const redraws = stderr.isTTY === true
  const started = now()
  let shown = started
  let waited = Number.NEGATIVE_INFINITY
  let isDrawn = false
  const show = (line: string) => {
    stderr.write(redraws ? `\r\u001b[K${line}` : `${line}\n`)
    isDrawn = redraws
  }
  return {
    at(done, total) {
      const time = now()
      if (time - shown < (redraws ? redrawEvery : lineEvery)) return
      shown = time
      show(progressLine(done, total, (time - started) / 1000, what))
    },
    waits(why) {
      const time = now()
      if (!redraws && time - waited < lineEvery) return
      shown = waited = time
      show(why)
    },
    [Symbol.dispose]() {
      if (isDrawn) stderr.write('\r\u001b[K')
    },
  }
}

/** One line: count, rate, time left. */
export function progressLine(done: number, total: number | undefined, seconds: number, what: string): string {
  const rate = seconds > 0 ? done / seconds : 0
  const of = total === undefined ? '' : ` of ${total}`
  const left = total === undefined || rate === 0 ? '' : `, ${durationText((total - done) / rate)} left`
  return `${done}${of} ${what}, ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} a second${left}`
}

/** Seconds in words. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
