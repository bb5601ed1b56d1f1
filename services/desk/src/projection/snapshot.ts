import {
  type Duty,
  dutiesOf,
  type MechanismThing,
  type RequestThing,
  type StreamState,
  type Things,
} from '@tidings/exchange'
import type { Assessment, ContentReference, Disposition, Question, StreamPrefix } from '@tidings/statement'

/** A content as views name it. */
export type ShownContent = Pick<ContentReference, 'commitment' | 'subject' | 'mediaType' | 'bucket'>

/** What was last said of a question: by the answerer, by the asker. */
export interface LastSaid {
  readonly disposition?: Disposition
  readonly assessment?: Assessment
}

/** What views of a request or disclosure show beside what the fold knows. */
export interface ShownExchange {
  /** Parties that stood in the audience of every effective statement so far, or made it: they see the whole. */
  readonly readers: readonly string[]
  /** The content of the statement that founded it. */
  readonly content?: ShownContent
  readonly reference?: string
  readonly lastSaid?: Readonly<Partial<Record<Question, LastSaid>>>
}

/** What one reader may see of a register entry or list: the versions in whose audience it stood. */
export interface ShownVersions {
  /** Leaf of the first of them: the entry's place in the reader's list. */
  readonly since: number
  readonly versions: number
  readonly latest: {
    readonly statement: string
    readonly leaf: number /** Leaf that holds its document. */
    readonly stated: number
  }
  readonly content?: ShownContent
}

/** A stream as the desk keeps it: plain data, stored as JSON. */
export interface Snapshot<P extends StreamPrefix = StreamPrefix> {
  readonly state: StreamState<P>
  readonly exchange?: ShownExchange
  /** By reader. */
  readonly register?: Readonly<Record<string, ShownVersions>>
}

/** A stream with its number in order of appearance. */
export interface Numbered<P extends StreamPrefix = StreamPrefix> {
  readonly number: number
  readonly snapshot: Snapshot<P>
}

/** Prefix of a stream's name. */
function prefixOfStream(name: string): StreamPrefix {
  return name.slice(0, name.indexOf('-')) as StreamPrefix
}

/** Id of the thing that a stream is about. */
export function aboutOfStream(name: string): string {
  return name.slice(name.indexOf('-') + 1)
}

/** Whether a snapshot is of a stream of this prefix; narrows it. */
export function isOf<P extends StreamPrefix>(snapshot: Snapshot, prefix: P): snapshot is Snapshot<P> {
  return prefixOfStream(snapshot.state.stream) === prefix
}

/** A request is open while one of its questions is. */
export function isOpenRequest(request: RequestThing): boolean {
  return request.questions.some(({ closed }) => closed === undefined)
}

/** A thing that duties are about. */
export type ExchangeThing = Things['request' | 'disclosure']

/** The two sides of a request or disclosure: whoever made it, and those it is addressed to. */
export function sidesOf(thing: ExchangeThing): { readonly author: string; readonly addressees: readonly string[] } {
  return 'asker' in thing ? { author: thing.asker, addressees: [thing.addressee] } : thing
}

/** What duties are about: a request, a disclosure, or a mechanism whose rules are to be accepted. */
export interface DutyHolder {
  readonly id: string
  readonly prefix: 'request' | 'disclosure' | 'mechanism'
  readonly mechanism: string
  readonly duties: readonly Duty[]
  readonly reference?: string
}

/** What the duties of a stream are about; undefined where it has not been founded, or opens none. */
export function dutyHolder({ state: { stream, thing }, exchange }: Snapshot): DutyHolder | undefined {
  const prefix = prefixOfStream(stream)
  const id = aboutOfStream(stream)
  if (!thing) return undefined
  if (prefix === 'mechanism') return { id, prefix, mechanism: id, duties: dutiesOf(thing as MechanismThing) }
  if (prefix !== 'request' && prefix !== 'disclosure') return undefined
  const { mechanism } = thing as ExchangeThing
  const duties = dutiesOf(thing as ExchangeThing)
  const reference = exchange?.reference
  return { id, prefix, mechanism, duties, ...(reference !== undefined && { reference }) }
}
