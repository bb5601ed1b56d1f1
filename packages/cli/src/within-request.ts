import { type RequestDetail, requests, type Unsigned } from '@tidings/client'
import { type Question, questions } from '@tidings/statement'
import { type Command, Option } from 'commander'
import { type Context, collect } from './command.ts'
import { CommandError, usageError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import { requestMeant } from './request-meant.ts'
import { tellRecorded } from './told.ts'

/** What an act in a request is made from: of which request, by whom. */
export type Within = Parameters<typeof requests.remind>[0] & { readonly request: RequestDetail }

/** Where a statement in a request stands. */
export interface Recorded {
  readonly mechanism: string
  readonly leaf: number
}

/**
 * States something in a request.
 *
 * @param text id or reference of the request
 * @param note in words, beside the codes
 * @param make what is stated
 * @param what what is told when it is recorded; `REF` stands for the request's reference
 */
export async function stateWithin(
  context: Context,
  text: string,
  note: string | undefined,
  make: (said: Within) => Unsigned,
  what: string,
): Promise<Recorded> {
  const session = await context.session()
  const request = await requestMeant(session, text)
  const participants = requests.participantsIn(await session.mechanism(request.mechanism))
  const by = session.party
  const receipt = await session.state(make({ request, participants, by, ...(note !== undefined && { text: note }) }))
  tellRecorded(context.output, what.replace('REF', request.reference), receipt, { request: request.id })
  context.output.next(`tidings timeline ${request.reference}`)
  return { mechanism: request.mechanism, leaf: receipt.leaf }
}

/** Declares an option whose values come from a closed list, and may be repeated. */
export function severalOf(command: Command, name: string, description: string, values: readonly string[]): Command {
  return command.addOption(
    new Option(name, `${description}; may be repeated: ${values.join(', ')}`).argParser((value: string, before) => {
      if (!values.includes(value)) throw usageError(`${name.split(' ')[0]} must be one of ${values.join(', ')}.`)
      return collect(value, before as readonly string[] | undefined)
    }),
  )
}

/** Declares the questions that are meant. */
export function questionOption(command: Command): Command {
  return severalOf(
    command,
    '--question <question>',
    'which questions; all that it can be said of unless named',
    questions,
  )
}

/**
 * The questions that are named, or else those of the open duties of some kinds.
 *
 * @throws {CommandError} there are none
 */
export function questionsMeant(
  { duties, reference }: RequestDetail,
  named: readonly string[] | undefined,
  ...kinds: readonly string[]
): Question[] {
  if (named) return questions.filter((question) => named.includes(question))
  const open = duties.filter(({ kind, dischargedAt }) => kinds.includes(kind) && dischargedAt === undefined)
  const meant = questions.filter((question) => open.some((duty) => duty.question === question))
  if (meant.length > 0) return meant
  throw nothingOpen(reference)
}

/**
 * The statements that wait to be answered by open duties of a kind.
 *
 * @throws {CommandError} there are none
 */
export function waitingFor(
  { duties, reference }: RequestDetail,
  kind: string,
  ...of: readonly string[]
): readonly string[] {
  const open = duties.filter(
    (duty) =>
      duty.kind === kind &&
      duty.dischargedAt === undefined &&
      (of.length === 0 || (duty.question !== undefined && of.includes(duty.question))),
  )
  if (open.length > 0) return [...new Set(open.map(({ re, openedBy }) => re ?? openedBy))]
  throw nothingOpen(reference)
}

function nothingOpen(reference: string): CommandError {
  return new CommandError(`Nothing in ${reference} waits for this.`, exitCodes.nothingToDo)
}
