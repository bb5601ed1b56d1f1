import { dutyKinds } from '@tidings/exchange'
import { createMetrics, type Metrics } from '@tidings/service-kit'
import type { LogReader } from '@tidings/transparency'
import type { KeptViews } from './keeping/kept-views.ts'

/** Counts what the desk follows, and shows how far it is behind. */
export interface DeskMetrics {
  /** So many statements of the record have been applied. */
  applied(events: number): void
  /** Begins to show what stands in the views. */
  watch(views: Pick<KeptViews, 'reader' | 'size'>, log: LogReader): void
}

/** Declares what the desk counts. */
export function deskMetrics(metrics: Metrics = createMetrics()): DeskMetrics {
  const applied = metrics.counter({
    name: 'tidings_desk_statements_total',
    help: 'Statements of the record that were folded into the views, those of a rebuild included',
  })
  return {
    applied: (events) => applied({}, events),
    watch(views, log) {
      metrics.gauge({ name: 'tidings_desk_leaves', help: 'Leaves that the views know', read: () => views.size() })
      metrics.gauge({
        name: 'tidings_desk_lag_leaves',
        help: 'Leaves under the last checkpoint that the views do not know yet',
        read: async () => Math.max(0, (await log.latest()).size - views.size()),
      })
      metrics.gauge({
        name: 'tidings_desk_lag_seconds',
        help: 'Age of the oldest checkpoint that the views do not know yet',
        read: () => lagSeconds(views, log),
      })
      const mechanisms = new Set<string>()
      const openDuties = views.reader.prepare(
        'SELECT mechanism, kind, sum(open) AS open FROM duty_groups GROUP BY mechanism, kind',
      )
      metrics.gauge({
        name: 'tidings_duties_open',
        help: 'Open duties, by id of the mechanism and kind',
        labels: { mechanism: mechanisms, kind: new Set<string>(dutyKinds) },
        read: () =>
          openDuties.all().map((row) => {
            const [mechanism, kind] = [String(row.mechanism), String(row.kind)]
            mechanisms.add(mechanism)
            return { value: Number(row.open), labels: { mechanism, kind } }
          }),
      })
    },
  }
}

async function lagSeconds(views: Pick<KeptViews, 'size'>, log: LogReader): Promise<number> {
  const known = views.size()
  if ((await log.latest()).size <= known) return 0
  for await (const { time } of log.checkpointsAfter(known)) return Math.max(0, Date.now() / 1000 - time)
  return 0
}
