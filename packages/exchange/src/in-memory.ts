import { type StreamPrefix, streamOf } from '@tidings/statement'
import type { Placed } from './define-rule.ts'
import { type Placement, step } from './fold.ts'
import { emptyStream, type Standing, type StreamState } from './state.ts'

/**
 * The exchange as its statements have made it: the state of every stream, held in memory.
 *
 * It owns its map of states and is fed in the order of the log by one caller. The states that it gives out are plain data, good for a
 * snapshot as JSON; handed to {@link createExchange}, they continue where they were taken.
 */
export interface Exchange {
  /** The parties and mechanisms as they are by now. */
  readonly standing: Standing
  /** The state of a stream, by its name; that of an empty one if nothing has been recorded in it. */
  stateOf<P extends StreamPrefix>(stream: `${P}-${string}`): StreamState<P>
  /** Takes the next statement in the order of the log, and says what it comes to. */
  place(placed: Placed): Placement
}

/**
 * Starts an exchange from nothing, or from the states of an earlier one.
 *
 * @example
 * const exchange = createExchange()
 * for (const placed of inOrderOfTheLog) exchange.place(placed)
 * exchange.stateOf('request-0198c0de-0000-7000-8000-000000000001').thing?.owed
 */
export function createExchange(states: Iterable<StreamState> = []): Exchange {
  const streams = new Map<string, StreamState>()
  for (const state of states) streams.set(state.stream, state)
  function stateOf<P extends StreamPrefix>(stream: `${P}-${string}`): StreamState<P> {
    return (streams.get(stream) as StreamState<P> | undefined) ?? emptyStream<P>(stream)
  }
  const standing: Standing = {
    party: (id) => stateOf<'party'>(`party-${id}`).thing,
    mechanism: (id) => stateOf<'mechanism'>(`mechanism-${id}`).thing,
  }
  return {
    standing,
    stateOf,
    place(placed) {
      const stream = streamOf(placed.payload)
      const taken = step(standing, streams.get(stream) ?? emptyStream(stream), placed)
      streams.set(stream, taken.state)
      return taken
    },
  }
}
