import type { Receipt } from '@tidings/client'
import type { Output } from './output.ts'

/** Tells that a statement is recorded: by its id and leaf, with what it made. */
export function tellRecorded(
  output: Output,
  what: string,
  receipt: Receipt & { readonly held?: boolean },
  made: Readonly<Record<string, string>> = {},
): void {
  const { id: statement, leaf, held } = receipt
  const told = { ...made, statement, leaf, ...(held && { held }) }
  const lines = Object.entries({ ...made, statement, leaf }).map(
    ([name, value]) => `  ${`${name}:`.padEnd(11)} ${value}`,
  )
  output.result(told, () => [held ? 'Recorded as a draft: it counts when it is released.' : what, ...lines].join('\n'))
  if (held) output.next(`under a release or sign key: tidings release ${statement}`)
}
