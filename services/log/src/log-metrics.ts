import { createMetrics, type Metrics } from '@tidings/service-kit'
import type { LogReader } from '@tidings/transparency'

/** What the log counts. */
export interface LogMetrics {
  /** A checkpoint was published: how many leaves it added, how many seconds after they were seen in the record. */
  published(leaves: number, seconds: number): void
  /** The log could not be continued; it is opened again, or has stopped. */
  failed(outcome: 'opened-again' | 'stopped'): void
}

const powersOfTwo = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]

/** Declares what the log counts. */
export function logMetrics(reader: LogReader, metrics: Metrics = createMetrics()): LogMetrics {
  const batch = metrics.histogram({
    name: 'tidings_log_batch_leaves',
    help: 'Leaves under one checkpoint',
    buckets: powersOfTwo,
  })
  const time = metrics.histogram({
    name: 'tidings_log_publication_duration_seconds',
    help: 'Time from seeing statements in the record to the checkpoint that covers them',
  })
  const failures = metrics.counter({
    name: 'tidings_log_failures_total',
    help: 'Publications that failed: the log was opened again, or has stopped signing',
    labels: { outcome: new Set(['opened-again', 'stopped']) },
  })
  // Shown from the start: Prometheus takes the first value that it sees for what has always been.
  for (const outcome of ['opened-again', 'stopped']) failures({ outcome }, 0)
  metrics.gauge({
    name: 'tidings_log_leaves',
    help: 'Leaves under the last checkpoint',
    read: async () => (await reader.latest()).size,
  })
  metrics.gauge({
    name: 'tidings_log_checkpoint_time_seconds',
    help: 'Time of the last checkpoint, in Unix seconds',
    read: async () => (await reader.latest()).time,
  })
  return {
    published(leaves, seconds) {
      batch(leaves, {})
      time(seconds, {})
    },
    failed: (outcome) => failures({ outcome }),
  }
}
