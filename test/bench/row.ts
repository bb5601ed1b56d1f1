/** One line of the table: what was measured, beside what, in the same run. */
export interface Row {
  /** Stable name of the row, for machines and for `--only`. */
  readonly id: string
  readonly what: string
  readonly ours: string
  /** The limit or the peer, measured in the same run. */
  readonly beside: string
  readonly ratio: number
  /** What the design aims at, if it does. */
  readonly aim?: string
}

/** A rate for people. */
export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')}/s`
}

/** A latency for people. */
export function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
}

/** The middle of several measurements. */
export function median(measured: readonly number[]): number {
  return measured.toSorted((a, b) => a - b)[measured.length >> 1] ?? Number.NaN
}
