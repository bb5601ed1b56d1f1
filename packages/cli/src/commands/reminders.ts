import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { draftReminders, type ReminderView } from '@tidings/client'
import { questions, remindable } from '@tidings/statement'
import { Option } from 'commander'
import { type CommonOptions, type Context, defineCommand, examples } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { declareList, type ListOptions, listing } from '../listing.ts'
import { unusableFile, writeNamed } from '../named-file.ts'
import { partyNames } from '../names.ts'
import { checkDate, checkMechanism } from '../option-values.ts'
import { table } from '../output.ts'
import { letterOf } from '../reminders-due.ts'
import type { Session } from '../session.ts'
import { standingText } from '../standing-text.ts'

interface Options extends CommonOptions, ListOptions {
  readonly on?: string
  readonly duty?: string
  readonly question?: string
  readonly mechanism?: string
  readonly letters?: string
}

export const reminders = defineCommand<Options>({
  declare(command) {
    command
      .option('--on <date>', 'as of this day, YYYY-MM-DD; today unless told')
      .addOption(new Option('--duty <kind>', 'only of this kind of duty').choices(remindable))
      .addOption(new Option('--question <question>', 'only about this question').choices(questions))
      .option('--mechanism <id>', 'only in this mechanism')
      .option('--letters <folder>', 'write each as a letter in neutral words to this folder; - prints them instead')
    declareList(command, 'reminders')
    examples(
      command,
      'tidings reminders',
      'tidings reminders --letters -',
      'tidings request remind --due --as officer-7',
    )
  },

  async run(context, _, { on, duty: kind, question, mechanism, letters, limit, all }) {
    checkDate('--on', on)
    checkMechanism(mechanism)
    const session = await context.session()
    const found = session.connection.read.reminders({ on, kind, question, mechanism })
    const list = listing(context, found, { limit, all: all ?? (letters !== undefined && limit === undefined) })
    const due = await Array.fromAsync(list.items)
    if (due.length === 0) {
      context.output.message('No reminder is due.')
      return exitCodes.nothingToDo
    }
    if (letters !== undefined) await tellLetters(context, session, due, letters, on)
    else if (context.output.json) for (const one of due) await context.output.item(one, () => '')
    else await context.output.item({}, await tableOf(session, due))
    await list.tellMore()
    if (on === undefined) context.output.next('tidings request remind --due')
    return undefined
  },
})

const ordinals = ['first', 'second', 'third'] as const

async function tableOf(session: Session, due: readonly ReminderView[]): Promise<() => string> {
  const ids = new Set(due.map(({ mechanism }) => mechanism))
  const known = await Promise.all([...ids].map(async (id) => [id, partyNames(await session.mechanism(id))] as const))
  const names = new Map(known)
  const rows = due.map((one) => {
    const name = names.get(one.mechanism) ?? ((party: string) => party)
    return [
      ordinals[one.reminder.number - 1] ?? '',
      one.reference ?? one.about,
      one.kind,
      one.question ?? '',
      name(one.owner),
      name(one.towards),
      one.due ?? '',
      standingText(one),
      one.reminder.since,
    ]
  })
  return () =>
    table(['reminder', 'request', 'duty', 'question', 'owed by', 'owed to', 'due', 'stands', 'due since'], rows)
}

/** Writes the letters to a folder, or prints them. */
async function tellLetters(
  { output }: Context,
  session: Session,
  due: readonly ReminderView[],
  folder: string,
  on: string | undefined,
): Promise<void> {
  const isPrinted = folder === '-'
  if (!isPrinted)
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw unusableFile(folder, error, 'written', '--letters')
    })
  for (const draft of draftReminders(due)) {
    const text = await letterOf(session, draft, on)
    const { request, kind, questions: named, duties } = draft
    const file = join(folder, `${duties[0]?.reference ?? request}-${kind}.txt`)
    if (!isPrinted) await writeNamed(file, `${text}\n`, '--letters')
    const told = { request, reference: duties[0]?.reference, duty: kind, questions: named }
    await output.item({ ...told, ...(isPrinted ? { text } : { file }) }, () => (isPrinted ? `${text}\n` : file))
  }
}
