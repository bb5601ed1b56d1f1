import { parse } from 'edtf'
import { z } from 'zod'
import { calendarDate } from '../identifiers.ts'

const plainDay = /^\d{4}-\d\d-\d\d$/
const plainMonth = /^\d{4}(-(0[1-9]|1[0-2]))?$/

function isEdtf(text: string): boolean {
  // Nearly all dates are plain: the grammar is slow, and takes the 29th of February in every year.
  if (plainMonth.test(text)) return true
  if (plainDay.test(text)) return calendarDate.safeParse(text).success
  try {
    parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * What is known of a date of the past: an EDTF expression (ISO 8601-2), such as `1992-02`, `1992~` or `1992-02/1992-04`, beside the text as it
 * was recorded.
 */
export const vagueDate = z
  .strictObject({
    edtf: z.string().max(80).refine(isEdtf, 'must be an EDTF date (ISO 8601-2)').exactOptional(),
    verbatim: z.string().min(1).max(200).exactOptional(),
  })
  .refine((date) => date.edtf ?? date.verbatim, 'must hold an EDTF date, the text as recorded, or both')
  .meta({ id: 'vagueDate', description: 'What is known of a date: EDTF (ISO 8601-2) and the text as recorded' })
