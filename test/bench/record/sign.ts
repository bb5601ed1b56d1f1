import { type EventStore, eventId, type NewEvent } from '@tidings/event-store'
import {
  encodeEventData,
  fromBase64url,
  type PayloadOf,
  type Seen,
  type Signer,
  signStatement,
  streamOf,
} from '@tidings/statement'
import type { Line } from './lives.ts'
import { signerOf } from './parties.ts'

/** A signed statement that goes into the record as it is. */
export interface Signed {
  readonly id: string
  readonly stream: string
  readonly event: NewEvent
}

/** Signs lines as of a log that nobody has seen anything of yet. */
export function signing(seen: Seen) {
  const signers = new Map<string, Signer>()

  async function sign({ by, payload, re }: Line, before: readonly Signed[]): Promise<Signed> {
    const signer = signers.get(by.id) ?? signerOf(by)
    signers.set(by.id, signer)
    const answered = re === undefined ? undefined : before.at(-re)
    const whole = {
      v: 1,
      iss: by.id,
      iat: '2031-01-01T00:00:00Z',
      seen,
      ...payload,
      ...(answered && { re: [answered.id] }),
    } as PayloadOf
    const { id, jws } = await signStatement(whole, signer)
    const event = { id: eventId(fromBase64url(id)), type: whole.kind, data: encodeEventData({ jws }) }
    return { id, stream: streamOf(whole), event }
  }

  /** Signs what is said in one stream, in its order. */
  async function signLife(life: readonly Line[]): Promise<readonly Signed[]> {
    const signed: Signed[] = []
    for (const line of life) signed.push(await sign(line, signed))
    return signed
  }
  return { signLife }
}

/** Appends the statement of each life that comes at this turn. */
export async function appendTurn(store: EventStore, lives: readonly (readonly Signed[])[], turn: number) {
  const appends = lives.flatMap((life) => {
    const said = life[turn]
    return said ? [store.append(said.stream, turn === 0 ? 'no-stream' : turn - 1, [said.event])] : []
  })
  await Promise.all(appends)
  return appends.length
}
