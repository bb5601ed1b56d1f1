import { digest, statementId } from '@tidings/statement'
import { z } from 'zod'
import { problem, problemPrefix, problemTypes } from './problems.ts'

const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/, 'must be unpadded base64url')

/** What is posted to `/v1/statements`: a statement, its public document if it binds one, and the openings of the contents it names, in order. */
export const submission = z
  .strictObject({
    statement: z.string().min(1).meta({ description: 'The compact JWS' }),
    document: base64url.min(1).exactOptional().meta({ description: 'Bytes of the public document, base64url' }),
    contents: z
      .array(z.strictObject({ salt: digest, data: base64url }))
      .min(1)
      .max(8)
      .exactOptional()
      .meta({ description: 'Salt and bytes of each content that the statement names, in order, base64url' }),
  })
  .meta({ id: 'Submission' })
/** What is posted to `/v1/statements`. */
export type Submission = z.infer<typeof submission>

/** What a recorded statement is answered with: an inclusion proof under a signed checkpoint. It says *recorded*, not *effective*. */
export const receipt = z
  .object({
    id: statementId,
    leaf: z.int().min(0).meta({ description: 'Leaf index in the log' }),
    statement: z.string().meta({ description: 'The JWS as it was recorded' }),
    proof: z.string().meta({ description: 'c2sp.org/tlog-proof@v1: inclusion proof and signed checkpoint' }),
  })
  .meta({ id: 'Receipt' })
/** What a recorded statement is answered with. */
export type Receipt = z.infer<typeof receipt>

/** Media type of many submissions in one request, one a line, and of the answers to them: JSON values, each followed by a line feed. */
export const ndjson = 'application/x-ndjson'

/** Most statements that are taken in one request. */
export const largestBatch = 1000

/** One line of the answer to many submissions: what a single one would have been answered with, its status beside it. */
export const batchAnswer = z
  .union([
    z.object({ status: z.literal([200, 201]), receipt }),
    z.object({ status: z.int().min(400).max(599), problem }),
  ])
  .meta({
    id: 'BatchAnswer',
    description:
      'One line of the answer to /v1/statements/batch: the receipt (201, or 200 for a repeat) or the problem of the submission in the same line of the request',
    examples: [
      {
        status: 409,
        problem: {
          type: `${problemPrefix}already-answered`,
          title: problemTypes['already-answered'].title,
          status: 409,
          leaf: 171,
        },
      },
      { status: 503, problem: { type: `${problemPrefix}busy`, ...problemTypes.busy, retryAfter: 5 } },
    ],
  })
/** One line of the answer to many submissions. */
export type BatchAnswer = z.infer<typeof batchAnswer>

/** A receipt with its public document and the key statements, with their own receipts, on which its signature rests. */
export const receiptWithKeys = receipt
  .extend({
    document: base64url.exactOptional(),
    keys: z.array(receipt).meta({ description: "The author's key statements up to this leaf, oldest first" }),
  })
  .meta({ id: 'ReceiptWithKeys' })
/** A receipt with what its signature rests on. */
export type ReceiptWithKeys = z.infer<typeof receiptWithKeys>
