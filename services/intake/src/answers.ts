import type { BatchAnswer, Receipt } from '@tidings/client/contract'
import { ProblemError } from '@tidings/service-kit'
import type { Taken } from './intake.ts'

// Half of each answer is its checkpoint, which holds a dash that is not Latin: as one text all of it would take two bytes a character, and be written again
// in one. So only what is an answer's own is made as text, which is ASCII, and the checkpoint is added as bytes.

/** A receipt in JSON, in UTF-8. */
export function receiptBytes(taken: Taken): Buffer {
  return joined([headOf(ownOf(taken), '"}'), tailOf(taken.checkpoint, '"}')])
}

/**
 * The answers to the lines of a request: a `BatchAnswer` in JSON on each line, in UTF-8.
 *
 * @param instance what a problem names as its occurrence
 */
export function answerLines(answers: readonly (Taken | ProblemError)[], instance: string): Buffer {
  const tails = new Map<string, Buffer>()
  const parts = answers.flatMap((answer) => {
    if (answer instanceof ProblemError) return [problemLine(answer, instance)]
    const { checkpoint, repeated } = answer
    const tail = tails.get(checkpoint) ?? tailOf(checkpoint, '"}}\n')
    tails.set(checkpoint, tail)
    const own: BatchAnswer = { status: repeated ? 200 : 201, receipt: ownOf(answer) }
    return [headOf(own, '"}}'), tail]
  })
  return joined(parts)
}

/** A receipt as far as it is the statement's own. */
function ownOf({ id, leaf, statement, path }: Taken): Receipt {
  return { id, leaf, statement, proof: path }
}

/** JSON up to where the checkpoint is to go on, at the end of the last member. */
function headOf(own: Receipt | BatchAnswer, end: string): string {
  const text = JSON.stringify(own)
  return text.slice(0, text.length - end.length)
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

function joined(parts: readonly (string | Buffer)[]): Buffer {
  const bytes = Buffer.allocUnsafe(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    if (typeof part === 'string') bytes.write(part, at, 'latin1')
    else bytes.set(part, at)
    at += part.length
  }
  return bytes
}
