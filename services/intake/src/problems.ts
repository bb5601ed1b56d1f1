import { ProblemError, parametersProblem, toProblemError } from '@tidings/service-kit'
import { StatementError } from '@tidings/statement'
import type { Refusal } from './checking/messages.ts'
import type { RecordView } from './record-view.ts'

/** The problem that a refusal of a checking thread is. */
export function problemOfRefusal(refusal: Refusal): ProblemError {
  switch (refusal.why) {
    case 'malformed-json':
      return new ProblemError('malformed-json', {
        field: 'body',
        rule: 'must be JSON',
        detail: 'The body is not JSON.',
      })
    case 'parameters':
      return parametersProblem(refusal.faults)
    case 'statement':
      return toProblemError(new StatementError(refusal.code, refusal.field, refusal.rule, refusal.faults))
    case 'failure': {
      const error = new Error(refusal.message)
      error.stack = refusal.stack
      return toProblemError(error)
    }
  }
}

/** The key that a statement names is none of its party's. */
export function unknownSigner(view: RecordView, party: string): ProblemError {
  const known = view.party(party) !== undefined
  return new ProblemError(known ? 'unknown-key' : 'unknown-party', {
    field: known ? 'header/kid' : '/iss',
    rule: known ? 'must be the thumbprint of a key of the issuer' : 'must be a party with an inception in this log',
  })
}

/** Nobody knows yet whether the statement stands in the record; sending it again tells. */
export function outcomeUnknown(cause: unknown): ProblemError {
  return new ProblemError(
    'outcome-unknown',
    { detail: 'Send the same statement again: it is the same statement.' },
    { cause, retryAfter: 2 },
  )
}

/** Something cannot be used now; `detail` says what is certain of the statement. */
export function busy(detail: string, cause?: unknown): ProblemError {
  return new ProblemError('busy', { detail }, { cause, retryAfter: 5 })
}
