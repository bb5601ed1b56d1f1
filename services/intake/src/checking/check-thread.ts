import { parentPort, workerData } from 'node:worker_threads'
import { encodeEventData, payloadBytesOf, type SignatureKey, thumbprint, type VerifyingKey } from '@tidings/statement'
import { sealContents } from '@tidings/vault'
import { LRUCache } from 'lru-cache'
import { type CheckedSubmission, checkSubmission, type KnownKeys } from './check-submission.ts'
import type { CheckAnswer, CheckQuestion, PackedOutcome, PackedSubmission, Part, ThreadData } from './messages.ts'
import { verifyingKey } from './verifying-key.ts'

// All that intake does to a submission without knowing the record, in a thread of its own: what comes back is ready to be judged and kept, parsed once.

const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')
const { sealing, largestSubmission } = workerData as ThreadData

// Importing a key costs as much as verifying with it.
const cached = new LRUCache<string, VerifyingKey>({ max: 10_000 })
const keys: KnownKeys = {
  get: (kid) => cached.get(kid),
  add(kid: string, jwk: SignatureKey) {
    const key = verifyingKey(jwk)
    cached.set(kid, key)
    return key
  },
}

const encoder = new TextEncoder()

/** Collects the bytes of an answer in one piece, so that they can be moved to the other thread at once. */
class Pack {
  #bytes: Uint8Array<ArrayBuffer>
  #length = 0

  constructor(expected: number) {
    this.#bytes = new Uint8Array(expected)
  }

  add(part: Uint8Array): Part {
    this.reserve(part.length).set(part)
    return this.last(part.length)
  }

  /** Room for so many bytes after those that are there. It is good until the next is asked for. */
  reserve(length: number): Uint8Array<ArrayBuffer> {
    const from = this.#length
    const to = from + length
    if (to > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(to, this.#bytes.length * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#length = to
    return this.#bytes.subarray(from, to)
  }

  /** Adds the bytes of a text in ASCII. */
  addAscii(text: string): void {
    encoder.encodeInto(text, this.reserve(text.length))
  }

  /** Where the last so many bytes stand. */
  last(length: number): Part {
    return [this.#length - length, this.#length]
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }
}

port.on('message', ({ id, bytes, ends, keys: news }: CheckQuestion) => {
  for (const jwk of news) keys.add(thumbprint(jwk), jwk)
  const pack = new Pack(bytes.length + ends.length * 256)
  // In JSON, and in bytes, as soon as it is known: what an outcome is made of would only grow old while the others are checked.
  const outcomes = new Pack(ends.length * 1536)
  let from = 0
  outcomes.addAscii('[')
  for (const [i, to] of ends.entries()) {
    if (i > 0) outcomes.addAscii(',')
    const outcome = checkSubmission(bytes.subarray(from, to), keys, largestSubmission)
    from = to
    if ('checked' in outcome) addChecked(outcome.checked, outcomes, pack)
    else outcomes.add(encoder.encode(JSON.stringify(outcome satisfies PackedOutcome)))
  }
  outcomes.addAscii(']')
  const answer: CheckAnswer = { id, outcomes: outcomes.bytes, bytes: pack.bytes }
  port.postMessage(answer, [answer.outcomes.buffer, answer.bytes.buffer])
})

/** Adds the {@link PackedOutcome} of a submission that holds, whose payload is in JSON already, as it was signed, and the bytes that it speaks of. */
function addChecked({ statement, document, openings }: CheckedSubmission, outcomes: Pack, pack: Pack): void {
  const { id, kid, payload, jws } = statement
  const contents = (payload.content ?? []).flatMap((reference, i) => {
    const opening = openings[i]
    return opening ? [{ ...reference, ...opening }] : []
  })
  const { length } = encodeEventData({ jws, ...(document && { document }) }, (length) => pack.reserve(length))
  const event = pack.last(length)
  const [start, end] = event
  const checked: Omit<PackedSubmission, 'payload'> = {
    id,
    kid,
    event,
    ...(document && { document: [start + jws.length + 1, end] }),
    contents: sealContents(sealing, id, contents).map(
      ({ sealed, wrappedKey, subjectKey }) => [pack.add(sealed), pack.add(wrappedKey), pack.add(subjectKey)] as const,
    ),
  }
  outcomes.addAscii('{"checked":{"payload":')
  payloadBytesOf(statement, (length) => outcomes.reserve(length))
  // Names of base64url and numbers: all of it is ASCII.
  outcomes.addAscii(`,${JSON.stringify(checked).slice(1)}}`)
}
