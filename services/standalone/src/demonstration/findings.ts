import type { Disposition, Question, ReplyFile } from '@tidings/statement'
import type { Chance } from './chance.ts'
import { inventedLocality } from './region.ts'
import { vagueDate } from './vague-dates.ts'

/** What the answerer can show: where it keeps its registers from, and a burial place that it has disclosed. */
export interface Shown {
  readonly side: 'A' | 'B'
  readonly years: { readonly from: number; readonly until: number }
  readonly burialPlace: { readonly site: string; readonly registerNumber: string }
}

type Answer = ReplyFile['answers'][number]

const sources = [
  'Register of the hospital at Kelme',
  'Archive of the Taval district',
  'Lists of the transit camp at Old Veyra',
  'Parish register of Nimre',
  'Diary of the Veyra field hospital',
]
const grounds = ['hazard', 'ongoing-investigation', 'needs-more-time', 'held-by-third-authority'] as const

/** What a reply tells; nothing while every answer is only promised. */
export function inventedFindings(
  chance: Chance,
  answers: readonly (readonly [Question, Disposition])[],
  shown: Shown,
): ReplyFile | undefined {
  const told = answers.filter(([, disposition]) => disposition !== 'interim')
  if (told.length === 0) return undefined
  return {
    answers: told.map(([question, disposition]) => ({ question, ...inWords(chance, question, disposition, shown) })),
  }
}

function inWords(chance: Chance, question: Question, disposition: Disposition, shown: Shown): Omit<Answer, 'question'> {
  if (disposition === 'none-found') {
    const read = chance.shuffled(sources).slice(0, chance.int(2, 3))
    return { search: { sources: read, text: 'No entry under any of the names, nor under names that sound alike.' } }
  }
  if (disposition === 'not-now')
    return { ground: chance.pick(grounds), text: 'To be looked at again by the date stated.' }
  return { finding: finding(chance, question, disposition === 'given-in-part', shown) }
}

function finding(chance: Chance, question: Question, inPart: boolean, shown: Shown): NonNullable<Answer['finding']> {
  const { years, side, burialPlace } = shown
  const { names, district } = inventedLocality(chance)
  const place = { locality: names[side], district }
  const date = vagueDate(chance, years.from, years.until)
  switch (question) {
    case 'fate':
      return {
        fate: chance.weighted([
          [6, 'dead'],
          [2, 'released'],
          [1, 'transferred'],
          [1, 'alive'],
        ] as const),
        date,
      }
    case 'remains':
      return inPart
        ? { remains: 'recovered', text: 'Some of the remains were recovered; the work goes on.' }
        : { remains: 'returned', date, place }
    case 'burial-place':
      return { burialPlaces: [burialPlace], place }
    case 'documents':
      return {
        documents: [chance.pick(sources)],
        text: 'A copy of the pages that could be read; others are being restored.',
      }
    default:
      return {
        place,
        text: inPart
          ? 'Seen there once; what followed is being looked into.'
          : `As stated in: ${chance.pick(sources)}.`,
      }
  }
}
