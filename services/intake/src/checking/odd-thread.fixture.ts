/** For tests: says each line back, or ends, throws or hangs when a line says so. */
import { parentPort } from 'node:worker_threads'
import type { CheckAnswer, CheckQuestion } from './messages.ts'

parentPort?.on('message', ({ id, bytes, ends }: CheckQuestion) => {
  let from = 0
  const outcomes = ends.map((to) => {
    const text = new TextDecoder().decode(bytes.subarray(from, to))
    from = to
    if (text === 'end') process.exit(1)
    if (text === 'throw') throw new Error('an odd thread')
    while (text === 'hang');
    const message = text === 'how many' ? `${text} ${ends.length}` : text
    return { refused: { why: 'failure' as const, message, stack: '' } }
  })
  const answer: CheckAnswer = {
    id,
    outcomes: new TextEncoder().encode(JSON.stringify(outcomes)),
    bytes: new Uint8Array(),
  }
  parentPort?.postMessage(answer)
})
