import { ClientError, ServiceError, type Wait } from '@tidings/client'
import type { Output } from './output.ts'
import { durationText } from './progress.ts'

/** Why something has to be sent again, in words. */
export function waitReason(because: Wait['because']): string {
  if (because instanceof ClientError) return 'The service cannot be reached'
  return because.problem.status === 429 ? 'The service asks to slow down' : 'The service is busy'
}

/**
 * Tells people why a single statement or reading has no answer yet, and when it is sent again. What is over within a second is not worth a line, and of several
 * that wait at once one speaks for all. Programs are told nothing: with `--json` what stands on stderr is for them.
 */
export function tellWaits(output: Output, now: () => number = () => performance.now()): (wait: Wait) => void {
  let untold = 0
  let until = Number.NEGATIVE_INFINITY
  let said: string | undefined
  return ({ because, seconds }) => {
    const time = now()
    if (output.json || time < until) return
    untold += seconds
    if (untold < 1) return
    untold = 0
    until = time + seconds * 1000
    // On a terminal a line of progress may stand there.
    const clear = output.stderr.isTTY === true ? '\r\u001b[K' : ''
    const detail =
      because instanceof ServiceError && because.problem.status === 503 ? because.problem.detail : undefined
    const news = detail === undefined || detail === said ? '' : ` It says: ${detail}`
    said = detail
    output.message(`${clear}${waitReason(because)}: trying again in ${durationText(Math.ceil(seconds))}.${news}`)
  }
}
