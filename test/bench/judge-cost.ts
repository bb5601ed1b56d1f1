import { createExchange, judge, type Placed, type Placement, type StreamState, step } from '@tidings/exchange'
import { newThingId } from '@tidings/statement'
import { growingStreams, scene, submission } from './fold-histories.ts'

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
function growing(how: string, streams: number): { judging: Cost; folding: Cost } {
  const judging: Record<Size, Times> = { small: new Map(), large: new Map() }
  const folding: Record<Size, Times> = { small: new Map(), large: new Map() }
  for (let n = 0; n < streams; n++) {
    const { exchange, mechanism, placed } = scene()
    const { standing } = exchange
    const about = newThingId()
    const found = growingStreams(mechanism, about)[how]
    if (!found) throw new Error(`no stream grows by ${how}`)
    const name = `${found.stream}-${found.stream === 'mechanism' ? mechanism : about}` as const
    let state: StreamState = exchange.stateOf(name)
    let before: Placed | undefined
    for (let i = 0; i < windows.large + together; i++) {
      const turn = (i - found.begins.length) % found.turn.length
      const next = found.begins[i] ?? found.turn[turn]
      if (!next) throw new Error(`${how} says nothing`)
      const one = placed(...next(state, before))
      const size = sizes.find((size) => i >= windows[size] && i < windows[size] + together)
      const took = (times: Times | undefined, what: () => unknown) => {
        const began = performance.now()
        what()
        const spent = performance.now() - began
        if (times) times.set(turn, [...(times.get(turn) ?? []), spent])
      }
      // Every other stream, so that what judging has looked up does not serve the folding after it.
      if (size && n % 2 === 0) took(judging[size], () => judge(standing, state, one))
      // A mechanism stands for all streams: its new state must stand where they look.
      const fold = () => (found.stream === 'mechanism' ? exchange.place(one) : step(standing, state, one))
      let placement: Placement | undefined
      took(size && n % 2 === 1 ? folding[size] : undefined, () => {
        placement = fold()
      })
      if (!placement || placement.verdict.verdict === 'void') throw new Error(`${how}: void`)
      state = placement.state
      before = one
    }
  }
  const cost = ({ small, large }: Record<Size, Times>) => ({ small: costOf(small), large: costOf(large) })
  return { judging: cost(judging), folding: cost(folding) }
}

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
    return { time: median(times), bytes }
  }
  const ways = Object.keys(growingStreams('', ''))
  // Once for nothing: what is compiled on the way is not to be measured.
  for (const how of ways) growing(how, 6)
  const [small, large] = [inMechanism(1000), inMechanism(requests)]
  return {
    streams: ways.map((how) => ({ id: how.replaceAll(/[ ,]+/g, '-'), how, ...growing(how, streams) })),
    mechanism: { small: small.time, large: large.time, requests },
    bytesPerOpenRequest: Math.round(large.bytes),
  }
}
