import type { Connection, RegisterView } from '@tidings/client'
import { decodeCaseIds, fromBase64url } from '@tidings/statement'
import { CommandError, usageError } from './command-error.ts'

/** A list of this party: the one named, or its only one; none if it has none and none is named. */
export async function listOf(connection: Connection, party: string, id?: string): Promise<RegisterView | undefined> {
  const own: RegisterView[] = []
  for await (const list of connection.read.lists()) if (list.party === party) own.push(list)
  if (id !== undefined) {
    const meant = own.find((list) => list.id === id)
    if (!meant) throw new CommandError(`There is no list ${id} of yours.`)
    return meant
  }
  if (own.length > 1)
    throw usageError(`You have ${own.length} lists; name one with --list: ${own.map((l) => l.id).join(', ')}.`)
  return own[0]
}

/** Ids of the case files in a list. */
export async function casesIn(connection: Connection, list: RegisterView): Promise<ReadonlySet<string>> {
  const { data } = await connection.read.content(list.content.commitment)
  return new Set(decodeCaseIds(fromBase64url(data)))
}
