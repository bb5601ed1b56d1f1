import { type ExitCode, exitCodes } from './exit-codes.ts'

/** A failure that is told in words, without a stack: the message says what is wrong and what to do. */
export class CommandError extends Error {
  override name = 'CommandError'
  readonly exitCode: ExitCode
  constructor(message: string, exitCode: ExitCode = exitCodes.error, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** The arguments do not fit. */
export function usageError(message: string): CommandError {
  return new CommandError(message, exitCodes.usage)
}
