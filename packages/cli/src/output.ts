import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** A stream that may be a terminal. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number }

/** Where results and messages go: results to stdout, whatever else to stderr. */
export interface Output {
  readonly json: boolean
  readonly stderr: OutputStream
  /** The one result of a command. */
  result(value: unknown, text: () => string): void
  /** One of many results: with `--json` a line each (NDJSON). Waits when the reader is slower. */
  item(value: unknown, text: () => string): Promise<void>
  /** A message for people. */
  message(text: string): void
  /** What to do next: told once, together, when the run is over; left out with `--json`. */
  next(...commands: readonly string[]): void
}

/** Output of one run, which disposing of it ends. */
export function createOutput(stdout: Writable, stderr: OutputStream, json: boolean): Output & Disposable {
  const following: string[] = []
  return {
    json,
    stderr,
    result(value, text) {
      stdout.write(`${json ? JSON.stringify(value) : text()}\n`)
    },
    async item(value, text) {
      if (!stdout.write(`${json ? JSON.stringify(value) : text()}\n`)) await once(stdout, 'drain')
    },
    message(text) {
      stderr.write(`${text}\n`)
    },
    next(...commands) {
      following.push(...commands)
    },
    [Symbol.dispose]() {
      if (json || following.length === 0) return
      stderr.write(`\nNext:\n${following.map((command) => `  ${command}\n`).join('')}`)
    },
  }
}

/** Rows as an aligned table, in plain text. Columns whose every cell is a number stand to the right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const texts = rows.map((row) => row.map(String))
  const widths = header.map((name, at) => Math.max(name.length, ...texts.map((row) => (row[at] ?? '').length)))
  const isNumber = header.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (isNumber[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...texts.map(line)].join('\n')
}

/** Names with their values, aligned. Undefined values are left out. */
export function facts(pairs: readonly (readonly [string, string | number | undefined])[]): string {
  const given = pairs.filter(([, value]) => value !== undefined)
  const width = Math.max(...given.map(([name]) => name.length))
  return given.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

/** An instant as people read it, in UTC. */
export function timeText(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`
}

/** The last leaf of so many, as it is named everywhere else: what `--at-leaf` and `--after` take. */
export function lastLeaf(count: number): string {
  return `leaf ${count - 1}`
}
