import type { FastifyBaseLogger } from 'fastify'

const tellEvery = 10_000

/**
 * Tells the log of refusals that come in floods: the first at once, then how many there were, every ten seconds, so that a flood of requests is
 * not a flood of lines. Never says who it was: addresses are personal data.
 */
export function refusalTally(logger: FastifyBaseLogger): (problem: string) => void {
  const times = new Map<string, number>()
  let last = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  const tell = () => {
    timer = undefined
    last = performance.now()
    for (const [problem, count] of times) logger.warn({ problem, times: count }, 'refused')
    times.clear()
  }
  return (problem) => {
    times.set(problem, (times.get(problem) ?? 0) + 1)
    if (timer) return
    const wait = last + tellEvery - performance.now()
    if (wait <= 0) tell()
    else timer = setTimeout(tell, wait).unref()
  }
}
