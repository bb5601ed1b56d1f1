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
  readonly jws: string
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
  return (JSON.parse(outcomes) as PackedOutcome[]).map((outcome) =>
    'checked' in outcome ? { ready: ready(outcome.checked, whole) } : outcome,
  )
}

function ready(packed: PackedSubmission, whole: Buffer): ReadySubmission {
  const { id, kid, payload, event, jws, document, contents } = packed
  const part = ([from, to]: Part) => whole.subarray(from, to)
  const sealed = ({ commitment, subject, mediaType, ...parts }: PackedContent): SealedContent => ({
    commitment,
    subject,
    mediaType,
    sealed: part(parts.sealed),
    wrappedKey: part(parts.wrappedKey),
    subjectKey: part(parts.subjectKey),
  })
  return {
    id,
    kid,
    payload,
    jws: part(jws).toString('latin1'),
    ...(document && { document: part(document) }),
    event: part(event),
    contents: contents.map(sealed),
  }
}
