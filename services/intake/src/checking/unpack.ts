import type { PayloadOf } from '@tidings/statement'
import type { SealedContent } from '@tidings/vault'
import type {
  CheckAnswer,
  PackedContent,
  PackedOutcome,
  PackedSubmission,
  Part,
  Refusal,
  SignedBy,
} from './messages.ts'

/** A submission that holds by itself, ready to be judged and kept. */
export interface ReadySubmission {
  readonly id: string
  readonly kid: string
  readonly payload: PayloadOf
  readonly document?: Uint8Array
  /** The event as it is appended. */
  readonly event: Uint8Array
  readonly contents: readonly SealedContent[]
}

/** What came of a submission in a checking thread. */
export type CheckedLine =
  | { readonly ready: ReadySubmission }
  | { readonly refused: Refusal; readonly by?: SignedBy }
  | { readonly keyWanted: SignedBy }

/** The outcomes of an answer, looking into its bytes: nothing is copied. */
export function unpack({ outcomes, bytes }: CheckAnswer): CheckedLine[] {
  const whole = Buffer.from(bytes.buffer)
  const text = Buffer.from(outcomes.buffer, outcomes.byteOffset, outcomes.length).toString()
  return (JSON.parse(text) as PackedOutcome[]).map((outcome) =>
    'checked' in outcome ? { ready: ready(outcome.checked, whole) } : outcome,
  )
}

function ready(packed: PackedSubmission, whole: Buffer): ReadySubmission {
  const { id, kid, payload, event, document, contents } = packed
  const part = ([from, to]: Part) => whole.subarray(from, to)
  const sealed = (content: PackedContent, n: number): SealedContent => {
    const reference = payload.content?.[n]
    if (!reference) throw new TypeError('internal error: a content was sealed that no statement names')
    const { commitment, subject, mediaType } = reference
    const [sealed, wrappedKey, subjectKey] = content
    return {
      commitment,
      subject,
      mediaType,
      sealed: part(sealed),
      wrappedKey: part(wrappedKey),
      subjectKey: part(subjectKey),
    }
  }
  return {
    id,
    kid,
    payload,
    ...(document && { document: part(document) }),
    event: part(event),
    contents: contents.map(sealed),
  }
}
