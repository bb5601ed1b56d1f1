import { ProblemError } from '@tidings/service-kit'
import { describe, expect, it } from 'vitest'
import { answerLines, receiptBytes } from './answers.ts'
import type { Taken } from './intake.ts'

const checkpoint = 'tidings.example/log\n3\nroot=\n\n— tidings.example/log "quoted" \\ sig=\n'
const taken = (leaf: number, more: Partial<Taken> = {}): Taken => ({
  id: `id-${leaf}`,
  leaf,
  statement: Buffer.from('a.b.c'),
  path: String.raw`c2sp.org/tlog-proof@v1\nindex ${leaf}\nAAAA\n\n`,
  checkpoint,
  repeated: false,
  ...more,
})
const pathOf = (path: string) => path.replaceAll('\\n', '\n')
const receiptOf = ({ id, leaf, statement, path }: Taken) => ({
  id,
  leaf,
  statement: Buffer.from(statement).toString(),
  proof: pathOf(path) + checkpoint,
})
const busy = new ProblemError('busy', { detail: 'Es geht gerade nicht — später.' }, { retryAfter: 5 })

describe('the answer to one statement', () => {
  it('is its receipt in JSON', () => {
    expect(JSON.parse(receiptBytes(taken(7)).toString())).toEqual(receiptOf(taken(7)))
  })
})

describe('answers to the lines of a request', () => {
  it('are what JSON has for each, whatever stands beside it', () => {
    const other = taken(2, { repeated: true, checkpoint: 'another\n' })
    const lines = answerLines([taken(0), busy, other, taken(1)], 'urn:uuid:1').toString()
    expect(lines.endsWith('\n')).toBe(true)
    expect(
      lines
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { status: 201, receipt: receiptOf(taken(0)) },
      { status: 503, problem: busy.toProblem('urn:uuid:1') },
      { status: 200, receipt: { ...receiptOf(other), proof: `${pathOf(other.path)}another\n` } },
      { status: 201, receipt: receiptOf(taken(1)) },
    ])
  })

  it('are none for none', () => {
    expect(answerLines([], 'urn:uuid:1')).toHaveLength(0)
  })
})
