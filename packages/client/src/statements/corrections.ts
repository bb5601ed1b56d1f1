import { note, type PayloadOf, prefixOf, type Statement } from '@tidings/statement'
import { jsonContent, type Unsigned, type UnsignedContent } from './unsigned.ts'

/** A statement that its author has made: what is said of it needs these members. */
type Made = Pick<Statement, 'id' | 'payload'>

/** What follows a statement of the author's own: in its stream, before the same audience. */
function following({ id, payload: { about, mechanism, aud } }: Made) {
  return { about, ...(mechanism !== undefined && { mechanism }), ...(aud && { aud }), re: [id] }
}

/**
 * The author replaces the whole of its latest statement of a kind: what it corrects may be a correction itself.
 *
 * @param body what it says from now on; of a request and a clarification it stays as it was
 * @param contents what it tells from now on
 */
export function correct(
  made: Made,
  body: PayloadOf<'statement.correct'>['body'],
  contents: readonly UnsignedContent[],
): Unsigned<'statement.correct'> {
  return { kind: 'statement.correct', ...following(made), body, contents }
}

/** The author takes its latest clarification, reply, assessment or disclosure back. */
export function retract(made: Made, text?: string): Unsigned<'statement.retract'> {
  const { payload } = made
  const subject = payload.content?.[0]?.subject ?? payload.about
  return {
    kind: 'statement.retract',
    ...following(made),
    body: { stream: prefixOf(payload) === 'disclosure' ? 'disclosure' : 'request' },
    ...(text !== undefined && { contents: [jsonContent(subject, note.mediaType, { text })] }),
  }
}
