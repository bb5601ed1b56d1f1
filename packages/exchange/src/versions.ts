import { lastUnder } from './shared-list.ts'
import type { Correctable } from './state.ts'

const versionUnder = lastUnder<string>((statement) => statement)

/** Whether a statement is the one that may be corrected, or one that it has replaced. */
export function hasVersion({ versions }: Pick<Correctable, 'versions'>, statement: string): boolean {
  return versionUnder(versions, statement) !== undefined
}
