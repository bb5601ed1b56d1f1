import { type Problem, type ProblemName, problemName } from './contract/index.ts'

/** Stable codes of what can go wrong between a client and its service, besides what the service refuses. */
export type ClientErrorCode =
  | 'client/unreachable'
  | 'client/not-tidings'
  | 'client/other-log'
  | 'client/split-view'
  | 'client/receipt-invalid'
  | 'client/no-token'

/** Something went wrong between a client and its service. The message says what to do. */
export class ClientError extends Error {
  override name = 'ClientError'
  readonly code: ClientErrorCode
  constructor(code: ClientErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * The log has signed two trees that do not fit together. `evidence` holds the checkpoints that prove it, as they were published: keep them, show them to
 * the other parties and to the operator, and state nothing more in this log until it is explained.
 */
export class SplitViewError extends ClientError {
  override name = 'SplitViewError'
  readonly evidence: readonly string[]
  constructor(message: string, evidence: readonly string[], options?: ErrorOptions) {
    super(
      'client/split-view',
      `${message} Keep both checkpoints: together they prove it. Show them to the other parties before anything more is stated here.`,
      options,
    )
    this.evidence = evidence
  }
}

/** The service has refused something, and says why (RFC 9457). Nothing of it was kept. */
export class ServiceError extends Error {
  override name = 'ServiceError'
  readonly code = 'client/refused'
  readonly problem: Problem
  /** Name of the problem's type, if it is one of the registry. */
  readonly problemName: ProblemName | undefined
  /** Seconds after which trying again makes sense, if the service told. */
  readonly retryAfter: number | undefined
  /** @param retryAfter what the header field says, where there is one */
  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail ?? problem.title)
    this.problem = problem
    this.problemName = problemName(problem)
    this.retryAfter = retryAfter ?? problem.retryAfter
  }
}
