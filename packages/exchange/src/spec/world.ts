import { checkPayload, type Kind, type PayloadOf, type StreamPrefix, streamOf } from '@tidings/statement'
import { createExchange, type Exchange, type Placed, type Placement, type StreamState, type Verdict } from '../index.ts'
import { invented } from './parties.ts'

/** A statement as someone says it: what, and under which key. */
export interface Saying {
  readonly payload: PayloadOf
  readonly kid: string
  /** Value of its public document, where the fold needs one. */
  readonly document?: unknown
}

/** Something said in a spec: built when its turn comes, since it may answer what was said before. */
export interface Act {
  /** By which later acts and expectations name it. */
  readonly name?: string
  say(world: World): Saying
}

/** What came of an act. */
interface Happening {
  readonly name: string
  readonly placed: Placed
  readonly before: StreamState
  readonly step: Placement
}

/** The exchange in a spec: everything said so far, in order, and what came of it. */
export class World {
  readonly exchange: Exchange = createExchange()
  readonly happened: Happening[] = []
  readonly #said = new Map<Kind, Set<string>>()

  /** The leaf that comes next. */
  get leaf(): number {
    return this.happened.length
  }

  /** Says it: it gets the next leaf, and its verdict. */
  place(act: Act): Verdict {
    const { payload, kid, document } = act.say(this)
    // A spec about a statement that nobody could make would say nothing.
    checkPayload(payload)
    const id = invented(JSON.stringify([payload, kid]))
    const placed = { leaf: this.leaf, id, kid, payload, ...(document !== undefined && { document }) }
    const before = this.exchange.stateOf(streamOf(payload) as `${StreamPrefix}-${string}`)
    const step = this.exchange.place(placed)
    this.happened.push({ placed, before, step, name: act.name ?? `statement ${placed.leaf}` })
    const said = this.#said.get(payload.kind) ?? new Set()
    this.#said.set(payload.kind, said.add(payload.about))
    return step.verdict
  }

  /** What came of the act of this name. */
  named(name: string): Happening {
    const happening = this.happened.find((one) => one.name === name)
    if (!happening) throw new Error(`the spec names nothing ${name}`)
    return happening
  }

  /** Ids of the things of which a statement of this kind was said, whatever came of it. */
  saidOf(kind: Kind): ReadonlySet<string> {
    return this.#said.get(kind) ?? new Set()
  }

  /** State of a thing by its id. */
  thing<P extends StreamPrefix>(prefix: P, id: string): StreamState<P>['thing'] {
    return this.exchange.stateOf<P>(`${prefix}-${id}`).thing
  }
}
