import { type Problem, type ProblemName, problemPrefix, problemTypes } from '@tidings/client/contract'
import type { Void } from '@tidings/exchange'
import { type Fault, StatementError, type StatementErrorCode } from '@tidings/statement'

/** What a problem tells beside its type. Never anything of a content. */
export type ProblemDetails = Omit<Problem, 'type' | 'title' | 'status' | 'instance' | 'retryAfter'>

/** A refusal that is answered as problem details (RFC 9457). Its type is one of the registry. */
export class ProblemError extends Error {
  override name = 'ProblemError'
  readonly problem: ProblemName
  readonly details: ProblemDetails
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number
  /** Further header fields of the answer. */
  readonly fields: Readonly<Record<string, string>>
  constructor(
    problem: ProblemName,
    details: ProblemDetails = {},
    options: ErrorOptions & { retryAfter?: number; fields?: Readonly<Record<string, string>> } = {},
  ) {
    super(details.detail ?? problemTypes[problem].title, options)
    this.problem = problem
    this.details = details
    this.fields = options.fields ?? {}
    if (options.retryAfter !== undefined) this.retryAfter = options.retryAfter
  }

  /** The problem as it is sent; `instance` is the id of the request. */
  toProblem(instance: string): Problem {
    const { status, title } = problemTypes[this.problem]
    return {
      type: `${problemPrefix}${this.problem}`,
      title,
      status,
      instance,
      ...this.details,
      ...(this.retryAfter !== undefined && { retryAfter: this.retryAfter }),
    }
  }
}

/** The problem that a faulty statement, document or content is. */
function problemOfStatement(error: StatementError): ProblemError {
  const name = error.code.slice('statement/'.length) as StatementErrorCode extends `statement/${infer N}` ? N : never
  const { field, rule } = error
  const faults = error.faults.map((fault) => ({ field: fault.field, rule: fault.rule }))
  return new ProblemError(name, { detail: error.message, field, rule, ...(faults.length > 1 && { faults }) })
}

/** The problem of a request whose parameters or members do not fit the interface. */
export function parametersProblem(faults: readonly Fault[]): ProblemError {
  const [first] = faults
  return new ProblemError('parameters', {
    detail: first ? `${first.field}: ${first.rule}` : 'does not fit',
    ...(first && { field: first.field, rule: first.rule }),
    ...(faults.length > 1 && { faults: [...faults] }),
  })
}

/** The problem that a statement is which the fold would find void. */
export function problemOfVerdict(verdict: Void): ProblemError {
  const { reason, leaf, question } = verdict
  const by = leaf === undefined ? '' : ` Leaf ${leaf} decided it.`
  return new ProblemError(reason, {
    reason,
    detail: `${problemTypes[reason].title}${question === undefined ? '' : ` (question ${question})`}.${by}`,
    ...(leaf !== undefined && { leaf }),
    ...(question !== undefined && { question }),
  })
}

/** The problem that an error of any origin is, as far as its sender may know of it. */
export function toProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof StatementError) return problemOfStatement(error)
  return new ProblemError(
    'internal',
    { detail: 'The service has failed; the operator finds the cause under the id in instance.' },
    { cause: error },
  )
}
