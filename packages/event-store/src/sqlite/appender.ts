import { type FailedOutcome, fileErrorOf, type JobInput, openWriterThread } from '@tidings/sqlite-file'
import { EventTooLargeError, OutcomeUnknownError, RevisionConflictError, UnavailableError } from '../errors.ts'
import type { Append, Appended, EventStore } from '../event-store.ts'
import type { AppendJobs } from './append-jobs.ts'
import { toPortError } from './port-errors.ts'
import { isEventId } from './recorded-row.ts'

/** A statement with its public document (256 KiB) fits twice. */
const MAX_EVENT_BYTES = 512 * 1024

/** The writing half of the engine. */
export interface Appender extends AsyncDisposable {
  readonly appendEach: EventStore['appendEach']
}

/** What an appender works with. */
interface AppenderOptions {
  readonly file: string
  /** Called after each durable commit. */
  committed(): void
}

/** Starts appending, in a thread of its own: nobody who reads has to wait for the disk. */
export function startAppender({ file, committed }: AppenderOptions): Appender {
  function failed(cause: Error, outcome: FailedOutcome): Error {
    const error = fileErrorOf(file, cause)
    if (outcome === 'not-begun')
      return new UnavailableError(`what came before could not be written to ${file}`, { cause: error })
    if (outcome === 'unknown')
      return new OutcomeUnknownError(`the disk failed while ${file} was being written: send the same again`, {
        cause: error,
      })
    return toPortError(error)
  }

  const script = new URL('./append-thread.ts', import.meta.url)
  const writer = openWriterThread<AppendJobs>({ name: 'record', script, data: file, committed, failed })

  return {
    async appendEach(appends) {
      const answers: (Appended | Error | undefined)[] = appends.map(faultOf)
      const sound = appends.filter((_, n) => answers[n] === undefined)
      const results = await writer.runEach('append', sound.map(jobOf))
      let next = 0
      return appends.map(({ stream, expected }, n) => {
        const answer = answers[n] ?? (results[next++] as (typeof results)[number])
        return 'actual' in answer && !(answer instanceof Error)
          ? new RevisionConflictError(stream, expected, answer.actual)
          : answer
      })
    },
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  }
}

/** What the thread is given: all but the bytes in JSON. */
function jobOf({ stream, expected, events }: Append): JobInput<Parameters<AppendJobs['append']>[0]> {
  return {
    args: { stream, expected, events: events.map(({ id, type }) => ({ id, type })) },
    parts: events.map(({ data }) => data),
  }
}

/** What is wrong with an append by itself. */
function faultOf({ stream, expected, events }: Append): Error | undefined {
  if (stream === '') return new RangeError('a stream has a name')
  if (expected !== 'no-stream' && !(Number.isSafeInteger(expected) && expected >= 0))
    return new RangeError('an append expects "no-stream" or a revision from 0')
  if (events.length === 0) return new RangeError('an append has at least one event')
  for (const { id, data } of events) {
    if (data.length > MAX_EVENT_BYTES) return new EventTooLargeError(data.length, MAX_EVENT_BYTES)
    if (!isEventId(id)) return new RangeError('an event id is a UUID in lower case')
  }
  return undefined
}
