import { type FailedOutcome, fileErrorOf, openWriterThread } from '@tidings/sqlite-file'
import { EventTooLargeError, OutcomeUnknownError, RevisionConflictError, UnavailableError } from '../errors.ts'
import type { EventStore, ExpectedRevision, NewEvent } from '../event-store.ts'
import type { AppendJobs } from './append-jobs.ts'
import { toPortError } from './port-errors.ts'
import { idToBytes } from './recorded-row.ts'

/** A statement with its public document (256 KiB) fits twice. */
const MAX_EVENT_BYTES = 512 * 1024

/** The writing half of the engine. */
export interface Appender extends AsyncDisposable {
  readonly append: EventStore['append']
}

/** What an appender works with. */
interface AppenderOptions {
  readonly file: string
  /** Called after each durable commit. */
  committed(): void
}

/** Starts appending, in a thread of its own: nobody who reads has to wait for the disk. */
export function startAppender({ file, committed }: AppenderOptions): Appender {
  function failed(cause: unknown, outcome: FailedOutcome): unknown {
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
    async append(stream, expected, events) {
      checkAppend(stream, expected, events)
      const args = { stream, expected, events: events.map(({ id, type }) => ({ id, type })) }
      const data = events.map((event) => event.data)
      const result = await writer.run('append', args, data)
      if ('actual' in result) throw new RevisionConflictError(stream, expected, result.actual)
      return result
    },
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  }
}

function checkAppend(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]) {
  if (stream === '') throw new RangeError('a stream has a name')
  if (expected !== 'no-stream' && !(Number.isSafeInteger(expected) && expected >= 0))
    throw new RangeError('an append expects "no-stream" or a revision from 0')
  if (events.length === 0) throw new RangeError('an append has at least one event')
  for (const { id, data } of events) {
    if (data.length > MAX_EVENT_BYTES) throw new EventTooLargeError(data.length, MAX_EVENT_BYTES)
    idToBytes(id)
  }
}
