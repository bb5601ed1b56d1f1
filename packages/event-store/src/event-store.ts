/**
 * An event to append. Its id is derived from its bytes (see `eventId`), so that "the same id" always means "the same content": an engine that
 * compares ids alone, as EventStoreDB does, can then never answer "already there" for other bytes.
 */
export interface NewEvent {
  /** UUIDv8 made from the SHA-256 that identifies the content. */
  readonly id: string
  /** What kind of event it is, e.g. `request.submit`. */
  readonly type: string
  /** The bytes as they were signed. Never parsed, never rewritten. */
  readonly data: Uint8Array
}

/** An event in its final place. */
export interface RecordedEvent extends NewEvent {
  /** The stream that holds it, e.g. `request-0198…`; the part before the first hyphen is its category. */
  readonly stream: string
  /** Its place in its stream, from 0 without gaps. */
  readonly revision: number
  /** Its place in the one order over all streams, from 0 without gaps. */
  readonly position: number
}

/** What an append expects of its stream: that it does not exist, or the revision of its last event. */
export type ExpectedRevision = 'no-stream' | number

/** One of several appends that are handed in together. */
export interface Append {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly events: readonly NewEvent[]
}

/** Where an append has put its events. */
export interface Appended {
  /** Revision of the last of the events. */
  readonly revision: number
  /** Position of the last of the events. */
  readonly position: number
  /** True if all these events stood there already, at this expected revision: nothing was written. */
  readonly repeated: boolean
}

/** What to read of one stream. */
export interface ReadStreamOptions {
  /** First revision to read; 0 unless told. */
  readonly from?: number
  /** At most so many events. */
  readonly limit?: number
}

/** What to read of the whole record. */
export interface ReadAllOptions {
  /** Read what comes after this position; from the beginning unless told. */
  readonly after?: number
  /** At most so many events. */
  readonly limit?: number
  /** Only streams of these categories (the part of the name before the first hyphen). */
  readonly categories?: readonly string[]
}

/**
 * The record: streams of events and one order over all of them.
 *
 * An append is all or nothing; it is durable, and visible to every reader in its final place, once it resolves. No reader ever sees an event
 * appear before one that it has already seen. Positions and revisions count from 0 without gaps. Nothing is ever changed or deleted.
 * Appends that are handed in during one turn of the event loop take their places in that order; when one of them ends as unavailable or with its
 * outcome unknown, none after it is written without it.
 * One process writes; any number of processes read. All methods may be called concurrently.
 */
export interface EventStore extends AsyncDisposable {
  /**
   * Appends events to one stream.
   *
   * The same events sent again at the same expected revision are answered as the first time, with `repeated: true`.
   *
   * @throws {RevisionConflictError} the stream is not at the expected revision (and the events are not a repeat)
   * @throws {EventTooLargeError} an event is larger than the engine takes
   * @throws {UnavailableError} nothing was written; try again later
   * @throws {OutcomeUnknownError} it is not known whether the events were written; send the same again
   */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended>
  /**
   * Makes several appends, each by itself, as if {@link append} had been called for one after the other in one turn of the event loop: one that is refused
   * hinders no other.
   *
   * @returns for each, in the order of the appends, where its events were put, or the error that `append` would have thrown
   */
  appendEach(appends: readonly Append[]): Promise<readonly (Appended | Error)[]>
  /** Reads one stream in order. A stream that does not exist is empty. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>
  /** Reads the whole record, or some categories of it, in order, up to its present end. */
  readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>
  /** How many events the record holds: the position that the next one gets. */
  size(): Promise<number>
  /**
   * Resolves with the size as soon as the record holds more than `size` events, whoever wrote them.
   *
   * @throws the signal's reason when it is aborted
   */
  waitForMore(size: number, signal: AbortSignal): Promise<number>
}
