import type { BatchAnswer } from '@tidings/client/contract'
import { ProblemError } from '@tidings/service-kit'
import type { Taken } from './taken.ts'

/**
 * The answers to the lines of a request: a `BatchAnswer` in JSON on each line, in UTF-8.
 *
 * Statements of one request stand under one checkpoint, which is half of each answer and holds a dash that is not Latin: as texts all of them would take two
 * bytes a character, and be written again in one. So only what is an answer's own is made as text, which is ASCII, and the checkpoint is added as bytes.
 *
 * @param instance what a problem names as its occurrence
 */
export function answerLines(answers: readonly (Taken | ProblemError)[], instance: string): Buffer {
  const tails = new Map<string, Buffer>()
  const parts = answers.flatMap((answer) => {
    if (answer instanceof ProblemError) return [problemLine(answer, instance)]
    const { checkpoint } = answer
    const tail = tails.get(checkpoint) ?? Buffer.from(`${JSON.stringify(checkpoint).slice(1)}}}\n`)
    tails.set(checkpoint, tail)
    return [headOf(answer), tail]
  })
  const lines = Buffer.allocUnsafe(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    if (typeof part === 'string') lines.write(part, at, 'latin1')
    else lines.set(part, at)
    at += part.length
  }
  return lines
}

/** An answer up to where the checkpoint begins, which ends its last member. */
function headOf({ id, leaf, statement, path, repeated }: Taken): string {
  const answer: BatchAnswer = { status: repeated ? 200 : 201, receipt: { id, leaf, statement, proof: path } }
  const text = JSON.stringify(answer)
  return text.slice(0, text.length - '"}}'.length)
}

function problemLine(error: ProblemError, instance: string): Buffer {
  const problem = error.toProblem(instance)
  const answer: BatchAnswer = { status: problem.status, problem }
  return Buffer.from(`${JSON.stringify(answer)}\n`)
}
