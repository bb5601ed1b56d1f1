import {
  type MechanismView,
  minimumLacks,
  type Planned,
  type RegisterView,
  requestFileOn,
  requests,
} from '@tidings/client'
import {
  type BurialPlace,
  type LastContactCategory,
  lastContactCategories,
  newThingId,
  type PayloadOf,
  type PersonFile,
  type Question,
  questions,
  type RequestFile,
} from '@tidings/statement'
import { Option } from 'commander'
import { submitAll, tellBulk } from '../bulk.ts'
import { type CommonOptions, type Context, collect, defineCommand, examples } from '../command.ts'
import { CommandError, usageError } from '../command-error.ts'
import { concurrently } from '../concurrently.ts'
import { contentOf } from '../contents.ts'
import { exitCodes } from '../exit-codes.ts'
import { casesIn, listOf } from '../lists.ts'
import { adviseOfMany, adviseOfOne, lacksOfMany, minimumIn } from '../minimum-advice.ts'
import { readNamedJson } from '../named-file.ts'
import { partyMeant } from '../names.ts'
import { checkDate, checkThing } from '../option-values.ts'
import type { Session } from '../session.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly to: string
  readonly question: readonly Question[]
  readonly mechanism?: string
  readonly case?: string
  readonly site?: string
  readonly records?: string
  readonly group?: string
  readonly groupCount?: string
  readonly file?: string
  readonly note?: string
  readonly fromList?: string
  readonly contactCategory?: LastContactCategory
  readonly contactFrom?: string
  readonly contactUntil?: string
  readonly contactPlace?: string
  readonly strictMinimum?: boolean
}

type Matter = PayloadOf<'request.submit'>['body']['matter']

export const requestSubmit = defineCommand<Options>({
  declare(command) {
    command
      .requiredOption('--to <party>', 'the party that is asked, by id or by code')
      .addOption(
        new Option('--question <question>', `what is asked (may be repeated): ${questions.join(', ')}`)
          .argParser((value: string, before: readonly string[] | undefined) => collect(checkedQuestion(value), before))
          .makeOptionMandatory(),
      )
      .option('--mechanism <id>', 'the mechanism under which it is asked; that of this home unless named')
      .option('--case <id>', 'about one case file of yours')
      .option('--site <id>', 'about one burial place of yours')
      .option('--records <text>', 'about a body of records, described here')
      .option('--group <text>', 'about unnamed persons, described here; with --group-count')
      .option('--group-count <number>', 'how many persons')
      .option('--file <file>', 'what the request tells, as JSON, in place of a copy of the case file or place')
      .option('--note <text>', 'a text beside what it tells')
      .option('--from-list <list>', 'about each case of a list of yours')
      .addOption(
        new Option('--contact-category <category>', 'of a list, only these last contacts').choices(
          lastContactCategories,
        ),
      )
      .option('--contact-from <date>', 'of a list, only last contacts that may be on or after this day')
      .option('--contact-until <date>', 'of a list, only last contacts that may be on or before this day')
      .option('--contact-place <text>', 'of a list, only last contacts at places that hold this text')
    command.option('--strict-minimum', 'state nothing that lacks what the agreed minimum asks for')
    examples(
      command,
      'tidings request submit --to B --case 0198c1a2-… --question fate --question whereabouts',
      'tidings request submit --to B --from-list 0198c1a3-… --question fate --contact-category captured --contact-from 1992-01-01 --contact-until 1994-05-12',
      'tidings request submit --to B --group "crew of one aircraft" --group-count 4 --question remains',
    )
  },

  async run(context, _, options) {
    checkDates(options)
    const session = await context.session()
    const mechanism = await session.mechanism(options.mechanism)
    const addressee = partyMeant(mechanism, options.to)
    if (addressee === undefined) {
      throw usageError(
        `${options.to} does not take part in the mechanism. Those who do: ${mechanism.participants.map((p) => p.code).join(', ')}.`,
      )
    }
    if (options.fromList !== undefined) return await submitList(context, session, mechanism, addressee, options)
    const { matter, file } = await single(session, options)
    const lacks = minimumLacks(minimumIn(mechanism), { matter: matter.type, questions: options.question, file })
    adviseOfOne(context.output, lacks, options.strictMinimum === true)
    const id = newThingId()
    const receipt = await session.state(
      requests.submit({
        id,
        mechanism: mechanism.id,
        participants: requests.participantsIn(mechanism),
        asker: session.party,
        addressee,
        matter,
        questions: options.question,
        file,
      }),
    )
    if (receipt.held) {
      tellRecorded(context.output, 'The request is recorded.', receipt, { request: id })
      return undefined
    }
    const { reference } = await session.connection.read.request(id, { after: receipt.leaf })
    tellRecorded(context.output, `The request ${reference} is recorded.`, receipt, { reference, request: id })
    context.output.next(`tidings timeline ${reference}`, `tidings receipt ${receipt.id} --out receipts`)
    return undefined
  },
})

function checkedQuestion(value: string): string {
  if (questions.some((question) => question === value)) return value
  throw usageError(`--question must be one of ${questions.join(', ')}.`)
}

function checkDates({ contactFrom, contactUntil, fromList, contactCategory, contactPlace }: Options): void {
  checkDate('--contact-from', contactFrom)
  checkDate('--contact-until', contactUntil)
  if (
    fromList === undefined &&
    [contactFrom, contactUntil, contactCategory, contactPlace].some((c) => c !== undefined)
  ) {
    throw usageError('Conditions on the last contact go with --from-list.')
  }
}

/** What one request is about, and what it tells. */
async function single(session: Session, options: Options): Promise<{ matter: Matter; file: RequestFile }> {
  const { records, group, note } = options
  const given = [options.case, options.site, records, group].filter((value) => value !== undefined)
  if (given.length !== 1) throw usageError('Name one of --case, --site, --records, --group or --from-list.')
  const told = options.file === undefined ? undefined : await readFileGiven(options.file)
  const noted = note === undefined ? {} : { note }
  if (options.case !== undefined) {
    checkThing('case file', options.case)
    const person = (await registerContent(session, 'case', options.case)) as PersonFile
    const file = told ?? requestFileOn(person)
    return { matter: { type: 'case', case: options.case }, file: { ...file, ...noted } }
  }
  if (options.site !== undefined) {
    checkThing('burial place', options.site)
    const burialPlace = (await registerContent(session, 'site', options.site)) as BurialPlace
    return { matter: { type: 'burial-place', site: options.site }, file: { ...(told ?? { burialPlace }), ...noted } }
  }
  if (records !== undefined) return { matter: { type: 'records' }, file: { ...(told ?? { records }), ...noted } }
  const count = Number(options.groupCount)
  if (!Number.isInteger(count) || count < 1) throw usageError('--group needs --group-count, how many persons.')
  return { matter: { type: 'group', count }, file: { ...(told ?? { group: group ?? '' }), ...noted } }
}

async function readFileGiven(file: string): Promise<RequestFile> {
  // Its schema is checked before anything is signed.
  return (await readNamedJson(file, '--file')) as RequestFile
}

async function registerContent(session: Session, register: 'case' | 'site', id: string): Promise<unknown> {
  const { latest, content } = await session.connection.read[register](id)
  return await contentOf(session, latest.statement, content)
}

/** A request about each case of a list that fulfils the conditions. A second run asks only about what is new. */
async function submitList(
  context: Context,
  session: Session,
  mechanism: MechanismView,
  addressee: string,
  options: Options,
): Promise<number | undefined> {
  const { connection, party } = session
  const list = await listOf(connection, party, options.fromList)
  if (!list) throw new CommandError('There is no list of yours yet. "tidings list publish" makes one.')
  const ids = await casesIn(connection, list)
  const counts = { inList: ids.size, meantByConditions: 0, belowMinimum: 0 }
  const { fulfils } = await import('../contact-conditions.ts')
  const conditions = {
    ...(options.contactCategory !== undefined && { category: options.contactCategory }),
    ...(options.contactFrom !== undefined && { from: options.contactFrom }),
    ...(options.contactUntil !== undefined && { until: options.contactUntil }),
    ...(options.contactPlace !== undefined && { place: options.contactPlace }),
  }
  const isNarrowed = Object.keys(conditions).length > 0

  async function* inList(): AsyncGenerator<RegisterView> {
    for await (const entry of connection.read.cases()) if (ids.has(entry.id)) yield entry
  }

  async function* meant(): AsyncGenerator<{ readonly entry: RegisterView; readonly file: RequestFile }> {
    const files = concurrently(inList(), 16, async (entry) => ({
      entry,
      person: (await contentOf(session, entry.latest.statement, entry.content)) as PersonFile,
    }))
    for await (const { entry, person } of files) {
      if (isNarrowed && !fulfils(person, conditions)) continue
      const file = { ...requestFileOn(person), ...(options.note !== undefined && { note: options.note }) }
      yield { entry, file }
    }
  }

  const agreed = minimumIn(mechanism)
  const lacksOf = (file: RequestFile) => minimumLacks(agreed, { matter: 'case', questions: options.question, file })
  if (agreed) {
    // Looked at before anything is signed: whoever asks may complete the files first.
    const lacks = lacksOfMany()
    for await (const { file } of meant()) lacks.add(lacksOf(file))
    adviseOfMany(context.output, lacks, 'requests')
  }

  async function* planned(): AsyncGenerator<Planned> {
    for await (const { entry, file } of meant()) {
      counts.meantByConditions++
      if (options.strictMinimum && lacksOf(file).length > 0) {
        counts.belowMinimum++
        continue
      }
      yield {
        key: entry.id,
        make: () =>
          requests.submit({
            mechanism: mechanism.id,
            participants: requests.participantsIn(mechanism),
            asker: party,
            addressee,
            matter: { type: 'case', case: entry.id },
            questions: options.question,
            file,
          }),
      }
    }
  }

  const result = await submitAll(context, session, {
    batch: `requests ${mechanism.id} ${addressee} ${options.question.toSorted().join(' ')}`,
    planned: planned(),
    total: () => (isNarrowed ? undefined : ids.size),
    what: 'requests',
    // Their references are numbered as the rows stand.
    inOrder: true,
  })
  const code = tellBulk(context, 'requests', result, counts)
  if (code === undefined && counts.meantByConditions === 0) {
    if (isNarrowed) context.output.message('No case of the list is meant by the conditions.')
    return exitCodes.nothingToDo
  }
  if (code === undefined) context.output.next('tidings outstanding')
  return code ?? (counts.belowMinimum > 0 ? exitCodes.conflict : undefined)
}
