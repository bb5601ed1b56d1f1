import type { Fault, PayloadOf, SignatureKey, StatementErrorCode } from '@tidings/statement'
import type { SealingKey } from '@tidings/vault'

/** What a checking thread is started with. */
export interface ThreadData {
  readonly sealing: SealingKey
  /** Most bytes of a submission. */
  readonly largestSubmission: number
}

/** What a checking thread is asked: some submissions, one after the other in the bytes, each in JSON. */
export interface CheckQuestion {
  readonly id: number
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where each ends; the first begins at 0. */
  readonly ends: readonly number[]
  /** Keys that the thread may not know yet. */
  readonly keys: readonly SignatureKey[]
}

/** What it answers, in the same order. */
export interface CheckAnswer {
  readonly id: number
  /**
   * An array of {@link PackedOutcome} in JSON: written and read again in half the time in which the objects would be copied. In bytes, so that they are
   * moved as well.
   */
  readonly outcomes: Uint8Array<ArrayBuffer>
  /** All bytes that the outcomes speak of: posted by moving, not by copying. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** A part of the bytes of an answer. */
export type Part = readonly [from: number, to: number]

/** Who signs a statement, by its own word. */
export interface SignedBy {
  readonly iss: string
  readonly kid: string
  /** Whether it is an inception, which brings its own keys. */
  readonly begins: boolean
}

/** Why a submission is refused, whatever the record holds. */
export type Refusal =
  | { readonly why: 'malformed-json' }
  | { readonly why: 'parameters'; readonly faults: readonly Fault[] }
  | {
      readonly why: 'statement'
      readonly code: StatementErrorCode
      readonly field: string
      readonly rule: string
      readonly faults: readonly Fault[]
    }
  | { readonly why: 'failure'; readonly message: string; readonly stack: string }

/** What came of a submission: it holds, it is refused, or its signature waits for a key that this thread does not know. */
export type PackedOutcome =
  | { readonly checked: PackedSubmission }
  /** `by` is told when the fault was found after the key: whose key it is comes first. */
  | { readonly refused: Refusal; readonly by?: SignedBy }
  | { readonly keyWanted: SignedBy }

/** A submission that holds by itself, ready to be judged and kept. */
export interface PackedSubmission {
  readonly id: string
  readonly kid: string
  readonly payload: PayloadOf
  /** The event: the JWS, a line feed, the public document. */
  readonly event: Part
  /** Within the event. */
  readonly document?: Part
  /** One for each that the payload names, in the same order. */
  readonly contents: readonly PackedContent[]
}

/** A content, sealed; what it is called stands in the payload. */
export type PackedContent = readonly [sealed: Part, wrappedKey: Part, subjectKey: Part]
