import { createExchange, judge, type Placed } from '@tidings/exchange'
import { newThingId } from '@tidings/statement'
import { growing, scene, submission, ways } from './fold-histories.ts'

/** What a statement costs early in a stream and late in it, in microseconds. */
interface Cost {
  readonly small: number
  readonly large: number
}

/** What judging and folding cost in small and in large, and what an open request costs in memory. */
export interface JudgeCost {
  /** By how a stream grows: judging alone, and judging and folding, with the state after it. */
  readonly streams: readonly {
    readonly id: string
    readonly how: string
    readonly judging: Cost
    readonly folding: Cost
  }[]
  readonly mechanism: Cost & { readonly requests: number }
  /** Suspending a mechanism under which so many duties are open. */
  readonly suspension: Cost & { readonly duties: readonly [small: number, large: number] }
  readonly bytesPerOpenRequest: number
}

/** Median of some times in milliseconds, in microseconds. */
function median(times: readonly number[]): number {
  return (times.toSorted((one, other) => one - other)[times.length >> 1] ?? 0) * 1000
}

/** Which statements of a stream are timed: those after the tenth, and those after the thousandth. */
const windows = { small: 10, large: 1000 }
type Size = keyof typeof windows
const sizes = Object.keys(windows) as Size[]
/** Whole turns of every history that is told. */
const together = 60

/** Times by the place in the turn: what is said there is like with like. */
type Times = Map<number, number[]>

/** The mean over a turn of the median at each place: neither a collection of garbage nor another process counts. */
function costOf(times: Times): number {
  const medians = [...times.values()].map(median)
  return medians.reduce((sum, one) => sum + one, 0) / medians.length
}

/** Grows streams from nothing to more than a thousand statements, and times them on the way. */
function costOfGrowing(how: string, streams: number): { judging: Cost; folding: Cost } {
  const judging: Record<Size, Times> = { small: new Map(), large: new Map() }
  const folding: Record<Size, Times> = { small: new Map(), large: new Map() }
  for (let n = 0; n < streams; n++) {
    const { exchange, empty, say, fold } = growing(how)
    let state = empty
    let before: Placed | undefined
    for (let i = 0; i < windows.large + together; i++) {
      const { place, said } = say(i, state, before)
      const size = sizes.find((size) => i >= windows[size] && i < windows[size] + together)
      const took = <T>(times: Times | undefined, what: () => T): T => {
        const began = performance.now()
        const done = what()
        const spent = performance.now() - began
        if (times) times.set(place, [...(times.get(place) ?? []), spent])
        return done
      }
      // Every other stream, so that what judging has looked up does not serve the folding after it.
      if (size && n % 2 === 0) took(judging[size], () => judge(exchange.standing, state, said))
      state = took(size && n % 2 === 1 ? folding[size] : undefined, () => fold(state, said)).state
      before = said
    }
  }
  const cost = ({ small, large }: Record<Size, Times>) => ({ small: costOf(small), large: costOf(large) })
  return { judging: cost(judging), folding: cost(folding) }
}

/** What an open request owes: acknowledging it, and a reply to each of its two questions. */
const dutiesEach = 3

/** Measures in one process, one after the other. */
export function judgeCost(requests = 200_000, streams = 60): JudgeCost {
  const inMechanism = (count: number) => {
    globalThis.gc?.()
    const before = process.memoryUsage().heapUsed
    const exchange = createExchange()
    const { placed, say, mechanism } = scene(exchange)
    const asker = { name: 'a', id: exchange.standing.mechanism(mechanism)?.proposals[0]?.by ?? '' }
    for (let i = 0; i < count; i++) say(asker, submission(mechanism, newThingId()))
    globalThis.gc?.()
    const bytes = (process.memoryUsage().heapUsed - before) / count
    const times: number[] = []
    for (let i = 0; i < 2000; i++) {
      const next = placed(asker, submission(mechanism, newThingId()))
      const began = performance.now()
      exchange.place(next)
      times.push(performance.now() - began)
    }
    // Suspended and resumed, again and again: the stream of the mechanism grows alike in both.
    const suspending: number[] = []
    for (let i = 0; i < 400; i++) {
      const suspension = placed(asker, { kind: 'mechanism.suspend', about: mechanism, body: {} })
      const began = performance.now()
      exchange.place(suspension)
      suspending.push(performance.now() - began)
      say(asker, { kind: 'mechanism.resume', about: mechanism, re: [suspension.id], body: {} })
    }
    return { time: median(times), suspending: median(suspending), bytes }
  }
  // Once for nothing: what is compiled on the way is not to be measured.
  for (const how of ways) costOfGrowing(how, 6)
  const [small, large] = [inMechanism(1000), inMechanism(requests)]
  return {
    streams: ways.map((how) => ({ id: how.replaceAll(/[ ,]+/g, '-'), how, ...costOfGrowing(how, streams) })),
    mechanism: { small: small.time, large: large.time, requests },
    suspension: {
      small: small.suspending,
      large: large.suspending,
      duties: [1000 * dutiesEach, requests * dutiesEach],
    },
    bytesPerOpenRequest: Math.round(large.bytes),
  }
}
