import { Worker } from 'node:worker_threads'
import type { ReadEvent } from '../projection/recorded-statement.ts'
import { errorOf, type Told } from './messages.ts'

/** Which part of the record is read. */
export interface Stretch {
  /** The position of the first event. */
  readonly from: number
  /** The position before which it ends. */
  readonly before: number
  /** Most events of a page. */
  readonly pageEvents: number
}

/** Somebody who reads the record while others work with what was read before. */
export interface ReadAhead {
  /**
   * The events that come next; none once all have been read.
   *
   * @throws whatever the record could not be read for
   */
  next(): Promise<readonly ReadEvent[]>
  /** Reads no further. */
  close(): Promise<void>
}

/** Begins to read a stretch. */
export type StartReadAhead = (stretch: Stretch) => ReadAhead

/** What the thread is started with. */
export interface ReadAheadData extends Stretch {
  /** The SQLite file of the record. */
  readonly recordFile: string
}

/** Some events as they go from one thread to another: member by member, since the names of the members would be most of what is copied. */
export type PackedEvents = { readonly [Member in keyof ReadEvent]-?: readonly ReadEvent[Member][] }

/** What the thread answers when it is asked for a page. */
export type PageAnswer = { readonly page: PackedEvents } | { readonly error: Told }

/** Pages that are read before anybody asks for them: enough to go on with while a transaction waits for the disk. */
const PAGES_AHEAD = 8

type Asked = PromiseWithResolvers<readonly ReadEvent[]>

/** Begins to read in a thread of its own: what costs time of the processor without knowing anything of what came before is done there. */
export function startReadAhead(data: ReadAheadData): ReadAhead {
  const thread = new Worker(new URL('./read-ahead-thread.ts', import.meta.url), { workerData: data, name: 'read' })
  /** Pages that were asked for and not taken yet, and those of them that are not answered yet. */
  const pages: Promise<readonly ReadEvent[]>[] = []
  let asked: Asked[] = []
  let failed: Error | undefined

  function fail(error: Error) {
    failed ??= error
    for (const { reject } of asked) reject(failed)
    asked = []
  }
  thread.on('message', (answer: PageAnswer) => {
    if ('error' in answer) fail(errorOf(answer.error))
    else asked.shift()?.resolve(unpacked(answer.page))
  })
  thread.on('error', fail)
  thread.on('exit', () => fail(new Error('the thread that reads the record has ended')))

  function ask() {
    const page: Asked = Promise.withResolvers()
    // Whoever takes it is told of a failure.
    page.promise.catch(() => undefined)
    pages.push(page.promise)
    asked.push(page)
    thread.postMessage('next')
  }
  for (let page = 0; page < PAGES_AHEAD; page++) ask()

  return {
    async next() {
      if (!failed) ask()
      const page = pages.shift()
      if (!page) throw failed
      return await page
    },
    async close() {
      await thread.terminate()
    },
  }
}

/** Packs events for another thread. */
export function packed(events: readonly ReadEvent[]): PackedEvents {
  return {
    position: events.map(({ position }) => position),
    id: events.map(({ id }) => id),
    stream: events.map(({ stream }) => stream),
    revision: events.map(({ revision }) => revision),
    statement: events.map(({ statement }) => statement),
    kid: events.map(({ kid }) => kid),
    payload: events.map(({ payload }) => payload),
    document: events.map(({ document }) => document),
  }
}

function unpacked({ position, document: documents, ...texts }: PackedEvents): readonly ReadEvent[] {
  const of = <T>(values: readonly T[], place: number) => values[place] as T
  return position.map((leaf, place) => {
    const document = documents[place]
    return {
      position: leaf,
      id: of(texts.id, place),
      stream: of(texts.stream, place),
      revision: of(texts.revision, place),
      statement: of(texts.statement, place),
      kid: of(texts.kid, place),
      payload: of(texts.payload, place),
      ...(document && { document }),
    }
  })
}
