/** For tests: checks as every checking thread does, but ends when a line asks it to. */
import { parentPort } from 'node:worker_threads'
import type { CheckQuestion } from './messages.ts'

parentPort?.on('message', ({ bytes }: CheckQuestion) => {
  if (Buffer.from(bytes).includes('end this thread')) process.exit(1)
})
await import('./check-thread.ts')
