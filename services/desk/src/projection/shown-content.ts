import type { ContentReference } from '@tidings/statement'
import type { ShownContent } from './snapshot.ts'

/** What views show of a content that a statement names. */
export function shownContent({ commitment, subject, mediaType, bucket }: ContentReference): ShownContent {
  return { commitment, subject, mediaType, bucket }
}
