import type { RegisterView } from '@tidings/client/contract'
import { aboutOfStream, type Snapshot } from '../projection/snapshot.ts'
import { documentOf } from './document.ts'
import type { Lookup } from './lookup.ts'

/** A register entry or list as a reader sees it: the latest version that it may know of. Undefined if it may know of none. */
export async function registerView(
  lookup: Lookup,
  { state, register }: Snapshot,
  reader: string,
): Promise<RegisterView | undefined> {
  const shown = register?.[reader]
  if (!shown?.content || !state.thing || !('founder' in state.thing)) return undefined
  const { statement, leaf, stated } = shown.latest
  const document = state.stream.startsWith('list-') ? documentOf(await lookup.statementAt(stated)) : undefined
  return {
    id: aboutOfStream(state.stream),
    party: state.thing.founder,
    versions: shown.versions,
    latest: { statement, leaf, time: lookup.timeOf(leaf) },
    content: shown.content,
    ...(document !== undefined && { document }),
  }
}
