import { textOf } from '@tidings/statement'
import type { FoundStatement } from './lookup.ts'

/** The public document of a statement, as JSON; undefined if it has none. Intake has checked it against its schema. */
export function documentOf(found: FoundStatement | undefined): unknown {
  return found?.document && (JSON.parse(textOf(found.document, 'document')) as unknown)
}
