import { Writable } from 'node:stream'
import { ClientError, problemTypes, ServiceError } from '@tidings/client'
import { describe, expect, it } from 'vitest'
import { createOutput } from './output.ts'
import { tellWaits } from './waits.ts'

const busy = new ServiceError({ type: 'urn:tidings:problem:busy', ...problemTypes.busy })
const tooMany = new ServiceError({
  type: 'urn:tidings:problem:too-many-requests',
  ...problemTypes['too-many-requests'],
})
const unreachable = new ClientError('client/unreachable', 'nobody is there')

/** What is told of waits that follow each other, or begin at the times that are given, in seconds. */
function told(
  waits: readonly { because: ServiceError | ClientError; seconds: number; at?: number }[],
  options: { json?: boolean; isTTY?: boolean } = {},
): string[] {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  const output = createOutput(stream, Object.assign(stream, { isTTY: options.isTTY === true }), options.json === true)
  let time = 0
  const tell = tellWaits(output, () => time * 1000)
  for (const { because, seconds, at = time } of waits) {
    time = at
    tell({ because, seconds })
    time = at + seconds
  }
  return chunks
}

describe('a wait before a statement or a reading is sent again', () => {
  it('is told: why, and for how long', () => {
    expect(told([{ because: busy, seconds: 5.1 }])).toEqual(['The service is busy: trying again in 6 s.\n'])
    expect(told([{ because: tooMany, seconds: 60 }])).toEqual([
      'The service asks to slow down: trying again in 1 min 0 s.\n',
    ])
    expect(told([{ because: unreachable, seconds: 3 }])).toEqual([
      'The service cannot be reached: trying again in 3 s.\n',
    ])
  })

  it('is told with what the service says of it, once', () => {
    const full = new ServiceError({ ...busy.problem, detail: 'Nothing new is taken now: the disk is full.' })
    const waits = [full, full, busy, full].map((because) => ({ because, seconds: 5 }))
    const [plain, says] = [
      'The service is busy: trying again in 5 s.',
      ' It says: Nothing new is taken now: the disk is full.',
    ]
    expect(told(waits)).toEqual([`${plain}${says}\n`, `${plain}\n`, `${plain}\n`, `${plain}${says}\n`])
  })

  it('is not worth a line while all of them together are over within a second', () => {
    expect(told([0.1, 0.2, 0.4].map((seconds) => ({ because: unreachable, seconds })))).toEqual([])
    const growing = [0.1, 0.2, 0.4, 0.8, 1.6].map((seconds) => ({ because: unreachable, seconds }))
    expect(told(growing)).toEqual([
      'The service cannot be reached: trying again in 1 s.\n',
      'The service cannot be reached: trying again in 2 s.\n',
    ])
  })

  it('is told once where several wait at the same time', () => {
    const together = [0, 0.1, 4].map((at) => ({ because: busy, seconds: 5, at }))
    expect(told(together)).toHaveLength(1)
    expect(told([...together, { because: busy, seconds: 5, at: 5.1 }])).toHaveLength(2)
  })

  it('is told on a terminal in place of a line of progress', () => {
    expect(told([{ because: busy, seconds: 5 }], { isTTY: true })).toEqual([
      '\r\u001b[KThe service is busy: trying again in 5 s.\n',
    ])
  })

  it('is not told where a program reads', () => {
    expect(told([{ because: busy, seconds: 5 }], { json: true })).toEqual([])
  })
})
