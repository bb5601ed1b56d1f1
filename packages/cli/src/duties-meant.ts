import type { DutyInTime } from '@tidings/client'
import { type DutyKind, dutyKinds } from '@tidings/exchange'
import { questions } from '@tidings/statement'
import { type Command, Option } from 'commander'
import { CommandError, usageError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import { requestMeant } from './request-meant.ts'
import type { Session } from './session.ts'

/** Options that say which duties of a request are meant. */
export interface DutyOptions {
  readonly kind?: DutyKind
  readonly question?: string
}

/** Declares the options that say which duties of a request are meant. */
export function dutyOptions(command: Command): Command {
  return command
    .addOption(new Option('--kind <kind>', 'of a request: only duties of this kind').choices(dutyKinds))
    .addOption(new Option('--question <question>', 'of a request: only about this question').choices(questions))
}

/** Whether a text is the id of a duty: what it is about, a dot, and its number. */
function isDutyId(text: string): boolean {
  return /^[0-9a-f-]{36}\.\d+$/.test(text)
}

/**
 * Ids of the duties that are meant: the one that is named, or the open ones of a request named by its id or reference.
 *
 * @throws {CommandError} there are none
 */
export async function dutiesMeant(session: Session, text: string, options: DutyOptions): Promise<readonly string[]> {
  if (isDutyId(text)) return [text]
  const { reference, duties } = await requestMeant(session, text)
  const meant = duties.filter(
    (duty: DutyInTime) =>
      duty.dischargedAt === undefined &&
      (options.kind === undefined || duty.kind === options.kind) &&
      (options.question === undefined || duty.question === options.question),
  )
  if (meant.length > 0) return meant.map(({ id }) => id)
  throw new CommandError(
    `No such duty is open in ${reference}; name one by its id to see what became of it.`,
    exitCodes.nothingToDo,
  )
}

/**
 * The one duty that is meant. Of a request, its `reply` unless told otherwise.
 *
 * @throws {CommandError} there is none, or more than one
 */
export async function dutyMeant(session: Session, text: string, options: DutyOptions): Promise<string> {
  const [only, ...more] = await dutiesMeant(session, text, { kind: 'reply', ...options })
  if (only !== undefined && more.length === 0) return only
  throw usageError(`${text} has several such duties: name one with --kind and --question.`)
}
