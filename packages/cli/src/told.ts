import type { Receipt } from '@tidings/client'
import type { Output } from './output.ts'

/** Tells that a statement is recorded: by its id and leaf, with what it made. */
export function tellRecorded(
  output: Output,
  what: string,
  receipt: Receipt,
  made: Readonly<Record<string, string>> = {},
): void {
  const { id: statement, leaf } = receipt
  output.result({ ...made, statement, leaf }, () =>
    [
      what,
      ...Object.entries({ ...made, statement, leaf }).map(([name, value]) => `  ${`${name}:`.padEnd(11)} ${value}`),
    ].join('\n'),
  )
}
