import type { RequestDetail } from '@tidings/client'
import { thingId } from '@tidings/statement'
import { usageError } from './command-error.ts'
import type { Session } from './session.ts'

const reference = /^[A-Z]{1,4}-[A-Z]{1,4}-\d{4}-\d{5,}$/

/** Whether a text is the reference of a request, e.g. `A-B-2026-00123`. */
export function isReference(text: string): boolean {
  return reference.test(text)
}

/**
 * The request that is meant by its id or its reference.
 *
 * @throws {CommandError} it is neither
 */
export async function requestMeant({ connection }: Session, text: string): Promise<RequestDetail> {
  if (!isReference(text) && !thingId.safeParse(text).success) {
    throw usageError(`${text} is neither the id of a request nor a reference such as A-B-2026-00001.`)
  }
  return await connection.read.request(text)
}
