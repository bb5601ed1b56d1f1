import { type ProblemName, problemTypes } from '@tidings/client/contract'
import { createMetrics, type Metrics } from '@tidings/service-kit'
import { type Kind, kinds } from '@tidings/statement'

/**
 * What a statement goes through, in this order: its own parts are checked; under `record` it waits for those before it, the rules are asked, contents are
 * held (`hold`) and it is appended (`append`); its contents go live (`publish`); it waits for the checkpoint that covers it. What goes through a stage
 * together is timed together, once.
 */
const stages = ['check', 'record', 'hold', 'append', 'publish', 'checkpoint'] as const

/** What intake counts. */
export interface IntakeMetrics {
  /** Times a stage of what goes through it together, however it ends. */
  timed<T>(stage: (typeof stages)[number], work: () => Promise<T>): Promise<T>
  /** Counts a statement that is refused, or fails, by the problem that it is answered with. */
  refused(problem: ProblemName): void
  /** Counts statements that have their receipts. */
  recorded(statements: readonly { readonly kind: Kind; readonly repeated: boolean }[]): void
}

/** Declares what intake counts. */
export function intakeMetrics(metrics: Metrics = createMetrics()): IntakeMetrics {
  const time = metrics.histogram({
    name: 'tidings_intake_stage_duration_seconds',
    help: 'Time that a statement, or those that go together, spend in each stage of intake',
    labels: { stage: new Set<string>(stages) },
  })
  const countRecorded = metrics.counter({
    name: 'tidings_statements_total',
    help: 'Statements answered with a receipt, by kind: recorded now, or repeated',
    labels: { kind: new Set<string>(Object.keys(kinds)), outcome: new Set(['recorded', 'repeated']) },
  })
  const countRefused = metrics.counter({
    name: 'tidings_statements_refused_total',
    help: 'Statements that were refused or failed, by type of problem',
    labels: { problem: new Set<string>(Object.keys(problemTypes)) },
  })
  return {
    async timed(stage, work) {
      const begun = performance.now()
      try {
        return await work()
      } finally {
        time((performance.now() - begun) / 1000, { stage })
      }
    },
    refused: (problem) => countRefused({ problem }),
    recorded(statements) {
      // Added up first: most of a request are of one kind, and a counter costs more than its statement's share.
      for (const outcome of ['recorded', 'repeated'] as const) {
        const counts = new Map<Kind, number>()
        for (const { kind, repeated } of statements)
          if (repeated === (outcome === 'repeated')) counts.set(kind, (counts.get(kind) ?? 0) + 1)
        for (const [kind, count] of counts) countRecorded({ kind, outcome }, count)
      }
    },
  }
}
