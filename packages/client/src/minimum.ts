import {
  questions as everyQuestion,
  type LastContactCategory,
  type missingItems,
  type PayloadOf,
  type PersonFile,
  type Question,
  type RequestFile,
  type Rules,
  requestFile,
} from '@tidings/statement'
import { fieldsOf } from './import/fields.ts'

/** What a request asks about and tells. */
export interface ToldRequest {
  readonly matter: PayloadOf<'request.submit'>['body']['matter']['type']
  readonly questions: readonly Question[]
  readonly file: RequestFile
}

/** Something that the agreed minimum asks for and a request does not tell. */
export interface Lack {
  /** Path in what a request tells, such as `lastContact.date`. */
  readonly field: string
  /** The code under which it is named when a request is returned. */
  readonly missing: (typeof missingItems)[number]
}

/**
 * What the agreed minimum asks for and a request lacks. Advice to whoever asks, and to whoever may return the request: no verdict depends on it.
 *
 * @param rules those in force, if any are
 */
export function minimumLacks(
  rules: Pick<Rules, 'minimum'> | undefined,
  { matter, questions, file }: ToldRequest,
): Lack[] {
  const contact = file.lastContact ?? file.person?.lastContact
  const category: LastContactCategory = contact?.category ?? 'unknown'
  const asked = (rules?.minimum ?? []).filter(
    (entry) =>
      entry.matter === matter &&
      (entry.question === undefined || questions.includes(entry.question)) &&
      (entry.lastContact === undefined || entry.lastContact.includes(category)),
  )
  // A person's last contact may stand in the file on the person.
  const told = contact === undefined ? file : { ...file, lastContact: contact }
  return [...new Set(asked.flatMap(({ fields }) => fields))]
    .filter((field) => !isTold(told, field.split('.')))
    .map((field) => ({ field, missing: missingOf(field) }))
}

/** The same of a case file before anything is asked about it, whatever may be asked. */
export function minimumLacksOfCase(rules: Pick<Rules, 'minimum'> | undefined, person: PersonFile): Lack[] {
  return minimumLacks(rules, { matter: 'case', questions: everyQuestion, file: requestFileOn(person) })
}

/** What a request tells of a person: a copy of the case file, and the last contact on which it is grounded. */
export function requestFileOn({ lastContact, ...person }: PersonFile): RequestFile {
  return { person, ...(lastContact && { lastContact }) }
}

/** Fields that rules ask for and no request can tell: misspelt, most likely. */
export function unknownMinimumFields({ minimum = [] }: Pick<Rules, 'minimum'>): string[] {
  const known = [...fieldsOf(requestFile.schema, []).keys(), 'burialPlace.geometry'].map((path) =>
    path.replaceAll('.*', ''),
  )
  const fields = new Set(minimum.flatMap((entry) => entry.fields))
  return [...fields].filter((field) => !known.some((path) => path === field || path.startsWith(`${field}.`)))
}

/** Whether something stands at a path; in a list, whether it stands in one of its entries. */
function isTold(value: unknown, [first, ...rest]: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((one) => isTold(one, first === undefined ? [] : [first, ...rest]))
  if (first === undefined) return value !== undefined && value !== ''
  return typeof value === 'object' && value !== null && isTold((value as Record<string, unknown>)[first], rest)
}

/** The first of these that fits a field names what is missing; what fits none is a matter of who or what is meant. */
const codes: readonly (readonly [RegExp, Lack['missing']])[] = [
  [/^lastContact\.date|^burialPlace\..*date/i, 'date'],
  [/^lastContact\.place|^burialPlace/, 'place'],
  [/circumstances$/, 'circumstances'],
  [/^lastContact/, 'last-contact'],
  [/^group/, 'number-of-persons'],
  [/^note|\.source$/, 'grounds'],
  [/^records/, 'supporting-documents'],
]

function missingOf(field: string): Lack['missing'] {
  return codes.find(([form]) => form.test(field))?.[1] ?? 'identity'
}
