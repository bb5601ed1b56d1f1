import { type ContentOpeningView, operations } from '@tidings/client/contract'
import { ProblemError, type Server } from '@tidings/service-kit'
import { streamOf, toBase64url } from '@tidings/statement'
import type { FoundStatement } from '../views/lookup.ts'
import { receiptView } from '../views/receipts.ts'
import { mayKnowStatement, mayReadContent } from '../visibility.ts'
import type { DeskRoutes } from './desk-routes.ts'
import { notFound, schemaOf } from './reading.ts'

/** Statements with their receipts, and contents. */
export function statementRoutes(server: Server, { views, lookup, vault, log, tags, answer }: DeskRoutes): void {
  server.get(
    operations.statement.path,
    { schema: schemaOf(operations.statement) },
    async (request, reply) =>
      await answer(request, reply, async () => {
        const { id } = request.params
        const { party } = request.reader
        const { leaf, stream, statement, verdict, document } = await known(party, id)
        const since = verdict.verdict === 'effective' ? (verdict.since ?? leaf) : verdict.verdict
        return {
          tag: tags.parts(party, leaf, since),
          make: () => ({
            id,
            leaf,
            time: lookup.timeOf(leaf),
            stream,
            verdict,
            statement: statement.jws,
            ...(document && { document: toBase64url(document) }),
          }),
        }
      }),
  )

  server.get(
    operations.receipt.path,
    { schema: schemaOf(operations.receipt) },
    async (request, reply) =>
      await answer(request, reply, async () => {
        const { party } = request.reader
        const found = await known(party, request.params.id)
        const { size } = await log.latest()
        return { tag: tags.parts(party, found.leaf, size), make: () => receiptView(lookup, log, found) }
      }),
  )

  server.get(
    operations.content.path,
    { schema: schemaOf(operations.content) },
    async (request, reply) =>
      await answer(request, reply, async () => {
        const opening = await entitled(request.reader.party, request.params.commitment)
        // What a commitment binds never changes; whether it is there is asked each time.
        return { tag: tags.parts(request.reader.party, opening.statement.slice(0, 16)), make: () => opening }
      }),
  )

  async function entitled(party: string, commitment: string): Promise<ContentOpeningView> {
    let problem = notFound()
    for await (const found of lookup.statementsNaming(commitment)) {
      if (!mayKnowStatement(party, found.audience, views.present)) continue
      if (mayReadContent(party, found.audience, views.present)) {
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
  }

  async function known(reader: string, id: string): Promise<FoundStatement> {
    const found = await lookup.statement(id)
    if (!found || !mayKnowStatement(reader, found.audience, views.present)) throw notFound()
    return found
  }

  async function open({ statement: { id, payload } }: FoundStatement, commitment: string) {
    const content = await vault.read({ statement: id, stream: streamOf(payload) }, commitment)
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
