/** Stable codes of the errors of this package. */
export type EventStoreErrorCode =
  | 'event-store/revision-conflict'
  | 'event-store/event-too-large'
  | 'event-store/unavailable'
  | 'event-store/outcome-unknown'
  | 'event-store/second-writer'
  | 'event-store/damaged'
  | 'event-store/newer-format'
  | 'event-store/closed'

/** Base of every error of this package; `code` is stable. */
export abstract class EventStoreError extends Error {
  abstract readonly code: EventStoreErrorCode
}

/** The stream is not at the revision that the append expected. */
export class RevisionConflictError extends EventStoreError {
  override name = 'RevisionConflictError'
  readonly code = 'event-store/revision-conflict'
  readonly stream: string
  readonly expected: 'no-stream' | number
  /** The revision that the stream is at; -1 if it does not exist. */
  readonly actual: number
  constructor(stream: string, expected: 'no-stream' | number, actual: number) {
    super(`stream ${stream} is at revision ${actual}, the append expected ${expected}`)
    this.stream = stream
    this.expected = expected
    this.actual = actual
  }
}

/** An event is larger than the engine takes. */
export class EventTooLargeError extends EventStoreError {
  override name = 'EventTooLargeError'
  readonly code = 'event-store/event-too-large'
  readonly limit: number
  constructor(size: number, limit: number) {
    super(`an event has ${size} bytes, the engine takes at most ${limit}`)
    this.limit = limit
  }
}

/** The engine cannot be used now; nothing was written. */
export class UnavailableError extends EventStoreError {
  override name = 'UnavailableError'
  readonly code = 'event-store/unavailable'
}

/** It is not known whether the events were written. Sending the same again is safe and tells. */
export class OutcomeUnknownError extends EventStoreError {
  override name = 'OutcomeUnknownError'
  readonly code = 'event-store/outcome-unknown'
}

/** Another process writes to this record. */
export class SecondWriterError extends EventStoreError {
  override name = 'SecondWriterError'
  readonly code = 'event-store/second-writer'
}

/** The file is not a record, or is damaged. */
export class DamagedError extends EventStoreError {
  override name = 'DamagedError'
  readonly code = 'event-store/damaged'
}

/** The file was written by a newer version. */
export class NewerFormatError extends EventStoreError {
  override name = 'NewerFormatError'
  readonly code = 'event-store/newer-format'
}

/** The store has been closed. */
export class ClosedError extends EventStoreError {
  override name = 'ClosedError'
  readonly code = 'event-store/closed'
}
