import { ClientError, ServiceError } from '@tidings/client'
import { EvidenceError } from '@tidings/evidence'
import { StatementError } from '@tidings/statement'
import { TransparencyError } from '@tidings/transparency'
import { CommandError } from './command-error.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'

/** A failure as it is told: to a person in words, to a program by its code. */
export interface Explained {
  readonly message: string
  readonly exitCode: ExitCode
  /** Stable code. */
  readonly code: string
  readonly details?: unknown
}

/** Tells an error in words that say what to do; undefined for an error of the program itself, whose stack is what helps. */
export function explainError(error: unknown): Explained | undefined {
  if (error instanceof CommandError) return { message: error.message, exitCode: error.exitCode, code: error.code }
  if (error instanceof ServiceError) return explainRefusal(error)
  if (error instanceof EvidenceError) {
    return {
      message: `Verification FAILED: ${error.message}`,
      exitCode: exitCodes.verificationFailed,
      code: error.code,
    }
  }
  if (error instanceof ClientError) {
    const failed = ['client/split-view', 'client/receipt-invalid', 'client/other-log'].includes(error.code)
    const exitCode = failed
      ? exitCodes.verificationFailed
      : error.code === 'client/no-token'
        ? exitCodes.key
        : exitCodes.error
    return { message: capital(error.message), exitCode, code: error.code }
  }
  if (error instanceof TransparencyError) {
    const unreachable = error.code === 'transparency/unreachable' || error.code === 'transparency/malformed-vkey'
    return {
      message: capital(error.message),
      exitCode: unreachable ? exitCodes.error : exitCodes.verificationFailed,
      code: error.code,
    }
  }
  if (error instanceof StatementError) {
    return {
      message: `This cannot be stated: ${error.field}: ${error.rule}.`,
      exitCode: exitCodes.usage,
      code: error.code,
    }
  }
  // Errors of the ledger, of key files and of imports carry a code of their own and say what to do.
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    if (/^key-file\//.test(error.code))
      return { message: capital(error.message), exitCode: exitCodes.key, code: error.code }
    if (error.code.includes('/'))
      return { message: capital(error.message), exitCode: exitCodes.error, code: error.code }
    // Codes of the operating system differ from one to the next: they stand beside, and the code of ours stays.
    if ('syscall' in error)
      return {
        message: capital(error.message),
        exitCode: exitCodes.error,
        code: 'cli/system',
        details: { system: error.code },
      }
  }
  return undefined
}

/** What to do about the refusals that people meet most. */
const advice: Readonly<Record<string, string>> = {
  'unknown-party': 'Has the party been created in this service? "tidings party create" does it.',
  'unknown-key': 'Has the key been delegated? A sign key does it with "tidings party delegate".',
  'key-revoked': 'Act under another key with --as NAME.',
  'key-ended': 'Act under another key with --as NAME.',
  'key-may-not-say-this': 'Act under another key with --as NAME.',
  'mechanism-not-in-force': '"tidings mechanism show ID" tells who has yet to accept.',
  'not-a-participant': '"tidings mechanism show ID" tells who takes part.',
  'not-entitled': 'Only the parties to it, and whom its audience names, may read it.',
  'token-invalid':
    "Has the key been revoked, or its end come? Then act under another with --as NAME. Else: is this machine's clock right? Tokens are good for minutes only.",
  'not-found': 'Check the id; what a reader may not know of is not there for it.',
  'already-answered': '"tidings timeline ID" shows the answer that came first.',
  'needs-release':
    'State it under a draft key with --as NAME; then another officer releases it: "tidings release STATEMENT --as NAME".',
  'needs-seal': 'Release it under the sign key of the party: without --as.',
  'same-officer': 'Release it under the key of another officer with --as NAME.',
  'too-many-reminders': '"tidings reminders" tells what is due.',
  'seen-not-a-prefix':
    'The service does not continue the log that this home has seen. Keep the folder of this home and ask the other parties.',
}

/** Where the status alone would mislead. */
const exitCodeOfProblem: Readonly<Record<string, ExitCode>> = {
  'seen-not-a-prefix': exitCodes.verificationFailed,
  // No key may do it.
  'read-only': exitCodes.error,
}

function explainRefusal(error: ServiceError): Explained {
  const { problem, problemName, retryAfter } = error
  const hint = problemName === undefined ? undefined : advice[problemName]
  const wait = retryAfter === undefined ? '' : ` Try again in ${retryAfter} s.`
  const message = `${capital(error.message).replace(/\.?$/, '.')}${wait}${hint === undefined ? '' : ` ${hint}`}`
  const exitCode = exitCodeOfProblem[problemName ?? ''] ?? exitCodeOf(problem.status)
  return { message, exitCode, code: problem.type, details: problem }
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return exitCodes.key
  if (status === 409) return exitCodes.conflict
  if (status === 429 || status === 503) return exitCodes.rateLimited
  return exitCodes.error
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
