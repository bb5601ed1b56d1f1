import { type RegisterView, ServiceError } from '@tidings/client'
import { type BurialPlace, burialPlace, type PersonFile, personFile } from '@tidings/statement'
import type { Command } from 'commander'
import { type CommonOptions, type Context, examples } from './command.ts'
import { concurrently } from './concurrently.ts'
import { contentOf } from './contents.ts'
import { declareList, type ListOptions, listing } from './listing.ts'
import { partyNames } from './names.ts'
import type { Session } from './session.ts'

/** What a register holds: case files or burial places. */
export type Register = 'cases' | 'sites'

/** Options of a list of a register. */
export interface RegisterOptions extends CommonOptions, ListOptions {
  readonly find?: string
}

interface Entry {
  readonly view: RegisterView
  /** What it tells; not there where this party may not read it, or nobody can any more. */
  readonly told?: PersonFile | BurialPlace
}

const AT_ONCE = 16
const whatIs: Readonly<Record<Register, string>> = { cases: 'case files', sites: 'burial places' }
const mediaTypeOf: Readonly<Record<Register, string>> = {
  cases: personFile.mediaType,
  sites: burialPlace.mediaType,
}

const lineOf: Readonly<Record<Register, (told: PersonFile | BurialPlace) => string[]>> = {
  cases: (told) => caseLine(told as PersonFile),
  sites: (told) => siteLine(told as BurialPlace),
}

/** Declares the options of a list of a register. */
export function declareRegister(command: Command, register: Register): void {
  command.option('--find <text>', 'only those that hold this text anywhere, capitals and small letters alike')
  declareList(command, whatIs[register])
  const name = register === 'cases' ? 'case' : 'site'
  examples(
    command,
    `tidings ${name} list --find Petrovna`,
    `tidings ${name} list --all`,
    `tidings ${name} list --json > ${register}.ndjson`,
  )
}

/** Lists the case files or burial places that this party may see, by id, with what they tell. */
export async function listRegister(
  context: Context,
  register: Register,
  { find, limit, all }: RegisterOptions,
): Promise<undefined> {
  const session = await context.session()
  const { connection, configuration } = session
  const mechanism = configuration.mechanism === undefined ? undefined : await session.mechanism().catch(() => undefined)
  const name = partyNames(mechanism)
  const views = register === 'cases' ? connection.read.cases() : connection.read.sites()
  const list = listing(context, entriesOf(session, views, register, find), { limit, all })
  for await (const { view, told } of list.items) {
    await context.output.item({ ...view, ...(told && { told }) }, () =>
      [
        view.id,
        ...(told ? lineOf[register](told) : ['its content cannot be read by you, or not any more']),
        ...(view.party === session.party ? [] : [`of ${name(view.party)}`]),
      ].join('  '),
    )
  }
  await list.tellMore()
}

async function* entriesOf(
  session: Session,
  views: AsyncIterable<RegisterView>,
  register: Register,
  find: string | undefined,
): AsyncGenerator<Entry> {
  const entries = concurrently(views, AT_ONCE, async (view) =>
    // Contents are told by the home's own ledger where it has stated them, and never leave it to be looked through.
    view.content.mediaType === mediaTypeOf[register] ? { view, ...(await readable(session, view)) } : undefined,
  )
  for await (const entry of entries)
    if (entry && (find === undefined || entry.view.id === find || holdsText(entry.told, find))) yield entry
}

/** What an entry tells. One that cannot be read keeps nobody from the others. */
export async function readable(session: Session, { latest, content }: RegisterView): Promise<Pick<Entry, 'told'>> {
  try {
    return { told: (await contentOf(session, latest.statement, content)) as PersonFile | BurialPlace }
  } catch (error) {
    if (error instanceof ServiceError && ['not-entitled', 'not-found'].includes(error.problemName ?? '')) return {}
    throw error
  }
}

/** Whether a text stands anywhere in what is told, capitals and small letters alike. */
export function holdsText(told: unknown, text: string): boolean {
  const plain = (one: string) => one.normalize().toLocaleLowerCase()
  return textsIn(told).some((one) => plain(one).includes(plain(text)))
}

/** Every text in a value, and every number as it is written. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** What tells one case file from another. */
export function caseLine({ names, birth, fileNumber }: PersonFile): string[] {
  const all = names.map(({ full, given, patronymic, family, secondFamily }) =>
    full === undefined
      ? [given, patronymic, family, secondFamily].filter((part) => part !== undefined).join(' ')
      : full,
  )
  return [
    all.join(' / '),
    ...(birth?.date?.edtf === undefined ? [] : [`born ${birth.date.edtf}`]),
    ...(fileNumber === undefined ? [] : [`file ${fileNumber}`]),
  ]
}

/** What tells one burial place from another. */
export function siteLine({ properties }: BurialPlace): string[] {
  const { names = [], registerNumber, locality, verbatimLocality, kind } = properties
  const place = names.length > 0 ? names.join(' / ') : (locality ?? verbatimLocality)
  return [
    ...(place === undefined ? [] : [place]),
    ...(kind === undefined ? [] : [kind]),
    ...(registerNumber === undefined ? [] : [`register number ${registerNumber}`]),
  ]
}
