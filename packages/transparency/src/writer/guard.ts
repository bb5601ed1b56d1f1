/** What was last allowed to be signed: nothing else may be signed of this size, and nothing smaller. */
export interface GuardState {
  readonly size: number
  /** 32 bytes. */
  readonly root: Uint8Array
  /** Position in the record of the last leaf; -1 when there is none. */
  readonly position: number
}

/**
 * Keeps a log from signing a fork. It stands apart from the log and from every backup, so that an old copy of the data, or a second signer, meets it
 * and stops.
 *
 * `compareAndSet` is atomic, and durable once it resolves with true. The state only ever grows.
 */
export interface Guard extends AsyncDisposable {
  /**
   * The state; undefined when none was ever set.
   *
   * @throws {TransparencyError} `transparency/guard-damaged`
   */
  read(): Promise<GuardState | undefined>
  /** Sets the next state if the present one is still the expected one; false, and nothing changed, if it is not. */
  compareAndSet(expected: GuardState | undefined, next: GuardState): Promise<boolean>
}
