import { z } from 'zod'
import { lastContactCategories } from '../vocabularies.ts'
import { place } from './place.ts'
import { vagueDate } from './vague-date.ts'

const text = z.string().min(1).max(300)
const long = z.string().min(1).max(8000)

const personName = z
  .strictObject({
    full: text.exactOptional(),
    given: text.exactOptional(),
    family: text.exactOptional(),
    secondFamily: text.exactOptional(),
    patronymic: text.exactOptional(),
    /** Script as in ISO 15924, e.g. `Latn`. */
    script: z
      .string()
      .regex(/^[A-Z][a-z]{3}$/, 'must be a script code (ISO 15924)')
      .exactOptional(),
    use: z.enum(['as-recorded', 'transliteration', 'also-known-as']).exactOptional(),
  })
  .refine((name) => name.full ?? name.given ?? name.family, 'must hold a full, given or family name')

/** Schema of the last contact: what a request is grounded on. */
export const lastContact = z
  .strictObject({
    category: z.enum(lastContactCategories).exactOptional(),
    date: vagueDate.exactOptional(),
    place: place.exactOptional(),
    authority: text.exactOptional(),
    circumstances: long.exactOptional(),
  })
  .refine((contact) => Object.keys(contact).length > 0, 'must tell something')
  .meta({ id: 'lastContact', description: 'How, when and where a person was last in contact' })

/** A party's file on one person reported missing: names in all their scripts, and what is known, with the words of its source. */
export const personFile = {
  mediaType: 'application/vnd.tidings.person+json',
  schema: z
    .strictObject({
      /** The number under which the author's own register keeps the file. */
      fileNumber: text.exactOptional(),
      names: z.array(personName).min(1).max(20),
      sex: z.enum(['female', 'male', 'other']).exactOptional(),
      birth: z.strictObject({ date: vagueDate.exactOptional(), place: place.exactOptional() }).exactOptional(),
      death: z.strictObject({ date: vagueDate.exactOptional(), place: place.exactOptional() }).exactOptional(),
      age: z.number().min(0).max(130).exactOptional(),
      fathersName: text.exactOptional(),
      mothersName: text.exactOptional(),
      nationality: text.exactOptional(),
      residence: place.exactOptional(),
      occupation: text.exactOptional(),
      service: z
        .strictObject({
          status: z.enum(['military', 'civilian']).exactOptional(),
          unit: text.exactOptional(),
          personalNumber: text.exactOptional(),
        })
        .exactOptional(),
      lastContact: lastContact.exactOptional(),
      marks: long.exactOptional(),
      clothing: long.exactOptional(),
      notes: long.exactOptional(),
      source: long.exactOptional(),
    })
    .meta({ id: 'personFile', title: 'File on one person reported missing' }),
} as const

/** A party's file on one person reported missing. */
export type PersonFile = z.infer<typeof personFile.schema>
