import type { BatchAnswer } from '@tidings/client/contract'
import { ProblemError } from '@tidings/service-kit'
import type { Taken } from './intake.ts'

// Of three kilobytes of an answer, the checkpoint is the same in all of them, and the statement is there as bytes, as it was signed. So only the rest is made as
// text; as one text, all of it would be written twice, and in two bytes a character, since the checkpoint holds a dash that is not Latin.

/** A receipt in JSON, in UTF-8. */
export function receiptBytes(taken: Taken): Buffer {
  return joined([...receiptParts(taken), tailOf(taken.checkpoint, '"}')])
}

/**
 * The answers to the lines of a request: a `BatchAnswer` in JSON on each line, in UTF-8.
 *
 * @param instance what a problem names as its occurrence
 */
export function answerLines(answers: readonly (Taken | ProblemError)[], instance: string): Buffer {
  const tails = new Map<string, Buffer>()
  const parts: (string | Uint8Array)[] = []
  for (const answer of answers) {
    if (answer instanceof ProblemError) {
      parts.push(problemLine(answer, instance))
      continue
    }
    const { checkpoint, repeated } = answer
    const tail = tails.get(checkpoint) ?? tailOf(checkpoint, '"}}\n')
    tails.set(checkpoint, tail)
    parts.push(repeated ? '{"status":200,"receipt":' : '{"status":201,"receipt":', ...receiptParts(answer), tail)
  }
  return joined(parts)
}

/** A `Receipt` in JSON up to where the checkpoint is to go on, within its last member. The bytes of a JWS, base64url and dots, stand in JSON as they are. */
function receiptParts({ id, leaf, statement, path }: Taken): readonly [string, Uint8Array, string] {
  return [`{"id":${JSON.stringify(id)},"leaf":${leaf},"statement":"`, statement, `","proof":"${path}`]
}

/** The checkpoint as it goes on within a member, and how the answer ends. */
function tailOf(checkpoint: string, end: string): Buffer {
  return Buffer.from(JSON.stringify(checkpoint).slice(1, -1) + end)
}

function problemLine(error: ProblemError, instance: string): Buffer {
  const problem = error.toProblem(instance)
  const answer: BatchAnswer = { status: problem.status, problem }
  return Buffer.from(`${JSON.stringify(answer)}\n`)
}

function joined(parts: readonly (string | Uint8Array)[]): Buffer {
  const bytes = Buffer.allocUnsafe(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    if (typeof part === 'string') bytes.write(part, at, 'latin1')
    else bytes.set(part, at)
    at += part.length
  }
  return bytes
}
