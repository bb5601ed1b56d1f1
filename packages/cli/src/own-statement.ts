import { readStatement, type Statement, statementId } from '@tidings/statement'
import { CommandError, usageError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import type { Session } from './session.ts'

/**
 * A statement of this party.
 *
 * @throws {CommandError} it is another's
 */
export async function ownStatement({ connection, party }: Session, id: string): Promise<Statement> {
  if (!statementId.safeParse(id).success) throw usageError('Name a statement by its id: a timeline shows it.')
  const statement = readStatement((await connection.read.statement(id)).statement)
  if (statement.payload.iss === party) return statement
  throw new CommandError('Only its author corrects or retracts a statement.', exitCodes.key)
}
