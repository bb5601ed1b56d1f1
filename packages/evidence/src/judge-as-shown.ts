import {
  emptyStream,
  inPlace,
  judge,
  type Placed,
  type Standing,
  type StreamState,
  step,
  type Verdict,
} from '@tidings/exchange'
import { streamOf } from '@tidings/statement'
import type { Parties } from './party-keys.ts'
import { type Opened, partOf, within } from './recorded.ts'

/**
 * The verdict on a statement by the same fold that the services run, over the streams handed in, in the order of the log, up to the statement.
 *
 * @throws {EvidenceError} a statement handed in is not signed or not recorded, or brings rules that are not shown
 */
export async function judgeAsShown(target: Opened, parties: Parties, others: readonly Opened[]): Promise<Verdict> {
  const streams = new Map<string, StreamState>()
  const stateOf = (stream: string) => streams.get(stream) ?? emptyStream(stream)
  const standing: Standing = {
    party: parties.party,
    mechanism: (id) => (streams.get(`mechanism-${id}`) as StreamState<'mechanism'> | undefined)?.thing,
  }
  const own = streamOf(target.statement.payload)
  for (const other of others) {
    if (other.proof.index >= target.proof.index) continue
    await parties.check(other)
    const stream = streamOf(other.statement.payload)
    streams.set(stream, step(standing, stateOf(stream), placed(other)).state)
  }
  if (own.startsWith('party-')) {
    const thing = parties.party(target.statement.payload.about)
    return judge(standing, { ...emptyStream<'party'>(own), ...(thing && { thing }) }, placed(target))
  }
  return judge(standing, stateOf(own), placed(target))
}

function placed({ at, statement, document, proof }: Opened): Placed {
  return within('evidence/document', partOf(at, 'statement'), () => inPlace(proof.index, statement, document))
}
