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
/** The rate is that of the last while: what was done before a break, or was there already from an earlier run, says nothing of what is left. */
const recent = 30_000
const sampleEvery = 500

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
  let samples: readonly Sample[] = [{ time: started, done: 0 }]
  const show = (line: string) => {
    stderr.write(redraws ? `\r\u001b[K${line}` : `${line}\n`)
    isDrawn = redraws
  }
  return {
    at(done, total) {
      const time = now()
      const rate = recentRate(samples, { time, done })
      if (time - (samples.at(-1)?.time ?? Number.NEGATIVE_INFINITY) >= sampleEvery)
        samples = sampled(samples, { time, done })
      if (time - shown < (redraws ? redrawEvery : lineEvery)) return
      shown = time
      show(progressLine(done, total, rate, what))
    },
    waits(why) {
      const time = now()
      samples = []
      if (!redraws && time - waited < lineEvery) return
      shown = waited = time
      show(why)
    },
    [Symbol.dispose]() {
      if (isDrawn) stderr.write('\r\u001b[K')
    },
  }
}

/** How far the work had come at a time, in milliseconds. */
interface Sample {
  readonly time: number
  readonly done: number
}

/** The samples of the last while and one more. The one before stays where there is no other: slow work is sampled seldom. */
function sampled(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const kept = samples.filter(({ time }) => sample.time - time <= recent)
  return [...(kept.length > 0 ? kept : samples.slice(-1)), sample]
}

function recentRate([first]: readonly Sample[], { time, done }: Sample): number | undefined {
  return first === undefined || time <= first.time ? undefined : ((done - first.done) / (time - first.time)) * 1000
}

/**
 * One line: count, rate, time left.
 *
 * @param rate how many a second; undefined while that is not known
 */
export function progressLine(done: number, total: number | undefined, rate: number | undefined, what: string): string {
  const of = total === undefined ? '' : ` of ${total}`
  const count = `${done}${of} ${what}`
  if (rate === undefined) return count
  const left = total === undefined || rate === 0 ? '' : `, ${durationText((total - done) / rate)} left`
  return `${count}, ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} a second${left}`
}

/** Seconds in words. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
