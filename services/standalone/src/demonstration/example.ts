import { requestsOf } from './ask.ts'
import type { World } from './world.ts'

/** What a visitor may look at first: references of requests, and a statement of party A. */
export interface Example {
  /** Its period was extended. */
  readonly extended: string
  /** Not acknowledged yet. */
  readonly unacknowledged: string
  /** Decided by the mediator, and answered again. */
  readonly decided: string
  readonly statement: string
}

/**
 * Finds examples among the requests of party A.
 *
 * @param find reads a request by its id
 */
export async function exampleOf(
  world: World,
  find: (id: string) => Promise<{ readonly reference: string; readonly submitted: { readonly statement: string } }>,
): Promise<Example> {
  const ours = requestsOf(world).filter(({ request: { side } }) => side === 'A')
  const inState = async (state: string) => {
    const found = ours.find(({ request: { life } }) => life.state === state)
    if (!found) throw new TypeError(`internal error: no request is ${state}`)
    return await find(found.request.id)
  }
  const extended = await inState('extension granted')
  const unacknowledged = await inState('just asked')
  const decided = await inState('referred and decided: reply-again')
  return {
    extended: extended.reference,
    unacknowledged: unacknowledged.reference,
    decided: decided.reference,
    statement: decided.submitted.statement,
  }
}
