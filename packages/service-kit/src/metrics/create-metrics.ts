import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from '@prometheus-io/client'

/**
 * What a label may say: a closed set. A set may grow while the program runs, by what the program itself knows (its routes, the mechanisms of the
 * record), never by what somebody has sent. Whatever else it is given, a label says `other`.
 */
export type LabelValues = ReadonlySet<string>

/** What a metric is declared with. */
export interface Declared<L extends string> {
  /** Begins with `tidings_` and ends in its unit, as Prometheus names metrics. */
  readonly name: string
  readonly help: string
  readonly labels?: Readonly<Record<L, LabelValues>>
}

/** Values of a metric's labels. */
export type Labels<L extends string> = Readonly<Record<L, string>>

/** One reading of a gauge. */
export interface Reading<L extends string> {
  readonly value: number
  readonly labels?: Labels<L>
}

/** A gauge is read when it is asked for, so it costs nothing in between. */
export interface DeclaredGauge<L extends string> extends Declared<L> {
  read(): Iterable<Reading<L>> | number | undefined | Promise<Iterable<Reading<L>> | number | undefined>
}

/** The metrics of one process. Each server has its own: two in one process share nothing. */
export interface Metrics {
  /** Declares a counter; counts one more, or as many as it is told. */
  counter<L extends string = never>(declared: Declared<L>): (labels: Labels<L>, more?: number) => void
  /** Declares a histogram of seconds; a spread over other numbers is told its buckets. */
  histogram<L extends string = never>(
    declared: Declared<L> & { readonly buckets?: readonly number[] },
  ): (value: number, labels: Labels<L>) => void
  /** Declares a gauge. One that cannot be read shows nothing, and keeps nobody from the others. */
  gauge<L extends string = never>(declared: DeclaredGauge<L>): void
  /** Adds what Prometheus recommends of every process: CPU, memory, garbage collection, delay of the event loop, open files. */
  watchProcess(): void
  /** Everything in the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
}

/** From a millisecond, which is less than a disk's flush, to as long as anybody waits. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Makes the metrics of one process. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const base = <L extends string>({ name, help, labels }: Declared<L>) => ({
    name,
    help,
    labelNames: Object.keys(labels ?? {}),
    registers: [registry],
  })
  return {
    counter(declared) {
      const counter = new Counter(base(declared))
      return (labels, more = 1) => counter.inc(closed(declared, labels), more)
    },
    histogram(declared) {
      const histogram = new Histogram({ ...base(declared), buckets: [...(declared.buckets ?? seconds)] })
      return (value, labels) => histogram.observe(closed(declared, labels), value)
    },
    gauge(declared) {
      new Gauge({
        ...base(declared),
        async collect() {
          this.reset()
          const read = await readOrNothing(declared)
          for (const { value, labels } of read) this.set(closed(declared, labels), value)
          // Without labels a reset leaves a zero behind, which nobody has read.
          if (read.length === 0 && declared.labels === undefined) this.remove()
        },
      })
    },
    watchProcess: () => collectDefaultMetrics({ register: registry }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

function closed<L extends string>(
  { labels: allowed }: Declared<L>,
  labels: Labels<L> | undefined,
): Record<string, string> {
  const names = Object.keys(allowed ?? {}) as L[]
  const value = (name: L) => {
    const said = labels?.[name]
    return said !== undefined && allowed?.[name].has(said) === true ? said : 'other'
  }
  return Object.fromEntries(names.map((name) => [name, value(name)]))
}

async function readOrNothing<L extends string>(declared: DeclaredGauge<L>): Promise<readonly Reading<L>[]> {
  try {
    const read = await declared.read()
    if (read === undefined) return []
    return typeof read === 'number' ? [{ value: read }] : [...read]
  } catch {
    return []
  }
}
