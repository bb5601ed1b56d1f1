import type { FileErrorReason } from './file-error.ts'
import type { FailedOutcome } from './group-commit.ts'

/** One job that the writing thread is asked to do. */
export interface WriteCall {
  readonly id: number
  readonly job: string
  readonly args: unknown
  /** Where in the bytes of the question each of its parts stands. */
  readonly parts: readonly (readonly [from: number, to: number])[]
}

/** What the writing thread is asked. */
export type WriteQuestion =
  | { readonly ask: 'write'; readonly calls: readonly WriteCall[]; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly ask: 'fold'; readonly id: number }
  | { readonly ask: 'close' }

/** Why jobs failed; an error of the file by its reason, anything else by what it says. */
export interface WriteFailure {
  readonly outcome: FailedOutcome
  readonly reason?: FileErrorReason
  readonly message: string
  readonly stack?: string
}

/** What it answers: jobs that are durable, and jobs that failed. */
export interface WriteAnswer {
  readonly done: readonly (readonly [id: number, value: unknown])[]
  readonly failed: readonly (readonly [id: number, failure: WriteFailure])[]
}
