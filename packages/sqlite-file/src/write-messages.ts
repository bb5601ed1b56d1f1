import type { FileErrorReason } from './file-error.ts'
import type { FailedOutcome } from './group-commit.ts'

/** A job that the writing thread is asked to do, once or many times. */
export interface WriteCall {
  readonly id: number
  readonly job: string
  /**
   * For each time what the job is given: its arguments, and the lengths of its parts, which stand one after the other in the bytes of the question, after
   * those of the times and calls before.
   */
  readonly each: readonly (readonly [args: unknown, ...parts: readonly number[]])[]
}

/**
 * What the writing thread is asked. Calls, and the answers to them, are written in JSON: a statement makes three, and as objects they would take twice as
 * long to be copied from thread to thread.
 */
export type WriteQuestion =
  | {
      readonly ask: 'write'
      /** An array of {@link WriteCall} in JSON. */
      readonly calls: string
      readonly bytes: Uint8Array<ArrayBuffer>
    }
  | { readonly ask: 'fold'; readonly id: number }
  | { readonly ask: 'close' }

/** Why jobs failed; an error of the file by its reason, anything else by what it says. */
export interface WriteFailure {
  readonly outcome: FailedOutcome
  readonly reason?: FileErrorReason
  readonly message: string
  readonly stack?: string
}

/** A job that is durable: of which call, which time of that, and what it came to, if it came to anything. */
export type WriteDone = readonly [id: number, time: number, value?: unknown]

/** What it answers: jobs that are durable, and jobs that failed. */
export interface WriteAnswer {
  /** An array of {@link WriteDone} in JSON. */
  readonly done: string
  readonly failed: readonly (readonly [id: number, time: number, failure: WriteFailure])[]
}
