import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import type { Session } from './session.ts'

/** The id of one of the party's keys that counts now, by its id or its label. */
export async function ownKeyId({ connection, party }: Session, text: string): Promise<string> {
  const { keys } = await connection.read.party(party)
  const current = keys.filter(({ until }) => until === undefined)
  const meant = current.find(({ kid, label }) => kid === text || label === text)
  if (meant) return meant.kid
  throw new CommandError(
    `The party has no current key ${text}. It has ${current.map(({ label, kid }) => label ?? kid).join(', ')}.`,
    exitCodes.conflict,
  )
}
