import { type ExitCode, exitCodes } from './exit-codes.ts'

/** Stable code of a failure that a command tells itself, by how it ends. A program that needs to know more reads the exit code's row in docs/cli.md. */
const codes: Readonly<Record<ExitCode, string>> = {
  [exitCodes.ok]: 'cli/ok',
  [exitCodes.error]: 'cli/error',
  [exitCodes.cancelled]: 'cli/cancelled',
  [exitCodes.usage]: 'cli/usage',
  [exitCodes.key]: 'cli/key',
  [exitCodes.verificationFailed]: 'cli/verification-failed',
  [exitCodes.conflict]: 'cli/conflict',
  [exitCodes.rateLimited]: 'cli/rate-limited',
  [exitCodes.nothingToDo]: 'cli/nothing-to-do',
}

/** A failure that is told in words, without a stack: the message says what is wrong and what to do; `code` is stable. */
export class CommandError extends Error {
  override name = 'CommandError'
  readonly exitCode: ExitCode
  readonly code: string
  constructor(
    message: string,
    exitCode: ExitCode = exitCodes.error,
    { code = codes[exitCode], ...options }: ErrorOptions & { readonly code?: string } = {},
  ) {
    super(message, options)
    this.exitCode = exitCode
    this.code = code
  }
}

/** The arguments do not fit. */
export function usageError(message: string): CommandError {
  return new CommandError(message, exitCodes.usage)
}
