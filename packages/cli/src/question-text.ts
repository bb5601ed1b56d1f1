import type { RequestView } from '@tidings/client'

/** A question of a request in words: what the answerer states of it, what the asker states of that. */
export function questionText({
  question,
  open,
  disposition,
  assessment,
  closed,
}: RequestView['questions'][number]): string {
  const answer = disposition === undefined ? 'not answered yet' : disposition
  const assessed = assessment === undefined ? '' : `, assessed ${assessment}`
  return `${question}: ${closed === 'withdrawn' ? 'withdrawn' : `${answer}${assessed}`} (${open ? 'open' : 'closed'})`
}
