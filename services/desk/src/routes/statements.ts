import {
  type ContentOpeningView,
  contentOpening,
  receiptWithKeys,
  statementView as statementSchema,
} from '@tidings/client/contract'
import { ProblemError, type Server } from '@tidings/service-kit'
import { digest, statementId, toBase64url } from '@tidings/statement'
import { z } from 'zod'
import type { FoundStatement } from '../views/lookup.ts'
import { receiptView } from '../views/receipts.ts'
import { mayKnowStatement, mayReadContent } from '../visibility.ts'
import type { DeskRoutes } from './desk-routes.ts'
import { anyQuery, notFound, reading } from './reading.ts'

const params = z.object({ id: statementId })

/** Statements with their receipts, and contents. */
export function statementRoutes(server: Server, { views, lookup, vault, log }: DeskRoutes): void {
  server.get(
    '/v1/statements/:id',
    {
      schema: {
        ...reading,
        operationId: 'statement',
        summary: 'A statement as it was signed, its verdict and its time',
        description: 'What is held or void is shown to its author alone.',
        params,
        querystring: anyQuery,
        response: { 200: statementSchema },
      },
    },
    async ({ params: { id }, reader: { party } }) => {
      const { leaf, stream, statement, verdict, document } = await known(party, id)
      return {
        id,
        leaf,
        time: lookup.timeOf(leaf),
        stream,
        verdict,
        statement: statement.jws,
        ...(document && { document: toBase64url(document) }),
      }
    },
  )

  server.get(
    '/v1/statements/:id/receipt',
    {
      schema: {
        ...reading,
        operationId: 'receipt',
        summary: 'The receipt of a statement, with what it takes to verify it offline',
        description:
          "The inclusion proof under the latest checkpoint (C2SP tlog-proof), the public document, and the author's key statements before it with their receipts. It proves that the statement is recorded, not that it is effective.",
        params,
        querystring: anyQuery,
        response: { 200: receiptWithKeys },
      },
    },
    async ({ params: { id }, reader: { party } }) => await receiptView(lookup, log, await known(party, id)),
  )

  server.get(
    '/v1/contents/:commitment',
    {
      schema: {
        ...reading,
        operationId: 'content',
        summary: 'A content with the salt that opens its commitment',
        description: 'For its author and whoever stands in the audience of the statement that brought it.',
        params: z.object({ commitment: digest }),
        querystring: anyQuery,
        response: { 200: contentOpening },
      },
    },
    async ({ params: { commitment }, reader: { party } }) => {
      let problem = notFound()
      for await (const found of lookup.statementsNaming(commitment)) {
        if (!mayKnowStatement(party, found.audience, views.present)) continue
        if (mayReadContent(party, found.audience)) {
          const opening = await open(found, commitment)
          if (opening) return opening
          problem = new ProblemError('not-found', {
            detail: 'The content is there no more: only what binds it remains.',
          })
        } else if (problem.problem === 'not-found') {
          problem = new ProblemError('not-entitled', {
            detail: 'This reader may know of the statement that brought this content, and not read it.',
          })
        }
      }
      throw problem
    },
  )

  async function known(reader: string, id: string): Promise<FoundStatement> {
    const found = await lookup.statement(id)
    if (!found || !mayKnowStatement(reader, found.audience, views.present)) throw notFound()
    return found
  }

  async function open({ statement: { id } }: FoundStatement, commitment: string) {
    const content = await vault.read(id, commitment)
    if (!content) return undefined
    const { subject, mediaType, salt, data } = content
    const opening: ContentOpeningView = {
      statement: id,
      commitment,
      subject,
      mediaType,
      salt: toBase64url(salt),
      data: toBase64url(data),
    }
    return opening
  }
}
