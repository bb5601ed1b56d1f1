import type { LastContactCategory, PersonFile } from '@tidings/statement'
import { chanceOf } from './chance.ts'
import { inventedNames } from './names.ts'
import { inventedLocality } from './region.ts'
import { vagueDate } from './vague-dates.ts'

/** How many years before the first start the events lie. */
export const eventYears = { from: 41, until: 38 } as const

const circumstances: Readonly<Record<LastContactCategory, readonly string[]>> = {
  captured: [
    'Taken from the road with others; seen in a school building two days later.',
    'Named in a list of detained persons that relatives were shown.',
    'Seen in detention by a person who was later released.',
  ],
  'remained-in-area': [
    'Stayed behind to look after a relative who could not be moved.',
    'Refused to leave the house when the village was left.',
    'Was seen at the well by the last to leave.',
  ],
  other: [
    'Left for the district town and did not arrive.',
    'Was with a column that dispersed in the hills.',
    'Last wrote to relatives from the front.',
  ],
  unknown: ['Nothing is known but the family’s report.', 'The family has had no news since.'],
}

const occupations = ['farmer', 'teacher', 'driver', 'miller', 'nurse', 'student', 'mason', 'shepherd', 'clerk']

/**
 * The file of the i-th invented person of a side, in a world whose first start lies in a year. The same rule makes both sides' files.
 */
export function inventedPerson(side: 'A' | 'B', i: number, year: number): PersonFile {
  const chance = chanceOf(`person ${side} ${i}`)
  const sex = chance.in100(19) ? 'female' : 'male'
  const military = sex === 'male' && chance.in100(46)
  const category = lastContactOf(side, i)
  const from = inventedLocality(chance)
  const seen = inventedLocality(chance)
  const events = { from: year - eventYears.from, until: year - eventYears.until }
  const names = inventedNames(chance, sex)
  return {
    fileNumber: `${side}/${String(i + 1).padStart(4, '0')}`,
    names,
    sex,
    birth: {
      date: chance.in100(70)
        ? { edtf: String(events.from - chance.int(military ? 18 : 6, military ? 50 : 84)) }
        : vagueDate(chance, events.from - 60, events.from - 19),
      place: { locality: from.names[side], district: from.district },
    },
    ...(chance.in100(60) && { residence: { locality: from.names[side], district: from.district } }),
    ...(!military && chance.in100(35) && { occupation: chance.pick(occupations) }),
    ...(chance.in100(88) && { service: { status: military ? 'military' : 'civilian' } }),
    lastContact: {
      category,
      ...((category !== 'unknown' || chance.in100(50)) && { date: vagueDate(chance, events.from, events.until) }),
      ...((category !== 'unknown' || chance.in100(40)) && {
        place: chance.in100(12)
          ? { verbatim: `on the road from ${seen.names[side]}`, district: seen.district }
          : { locality: seen.names[side], district: seen.district },
      }),
      circumstances: chance.pick(circumstances[category]),
    },
  }
}

/** How the i-th person of a side was last in contact. */
export function lastContactOf(side: 'A' | 'B', i: number): LastContactCategory {
  return chanceOf(`last contact ${side} ${i}`).weighted<LastContactCategory>([
    [14, 'captured'],
    [9, 'remained-in-area'],
    [44, 'other'],
    [33, 'unknown'],
  ])
}
