import { ProblemError } from '../problem-error.ts'

/** The refusal of a token, an assertion or a proof; the detail says what to do. */
export function tokenInvalid(detail: string, cause?: unknown): ProblemError {
  return new ProblemError('token-invalid', { detail }, { cause })
}

/** The refusal while no more identifiers can be remembered. */
export function tooMany(seconds: number): ProblemError {
  return new ProblemError(
    'busy',
    { detail: 'Too many requests have come in a short time to tell a repeat from the first. Try again later.' },
    { retryAfter: seconds },
  )
}
