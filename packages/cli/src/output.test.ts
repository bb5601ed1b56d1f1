import { Writable } from 'node:stream'
import { ClientError, problemTypes, ServiceError } from '@tidings/client'
import { describe, expect, it } from 'vitest'
import { repeatLine } from './bulk.ts'
import { createOutput, facts, table, timeText } from './output.ts'
import { durationText, progressLine, showProgress } from './progress.ts'

/** A stream that remembers what was written. */
function remembering(isTTY = false) {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return { stream: Object.assign(stream, { isTTY }), text: () => chunks.join('') }
}

describe('results', () => {
  it('go to stdout, messages to stderr', async () => {
    const [out, err] = [remembering(), remembering()]
    const output = createOutput(out.stream, err.stream, false)
    output.result({ n: 1 }, () => 'one')
    await output.item({ n: 2 }, () => 'two')
    output.message('a message')
    expect(out.text()).toBe('one\ntwo\n')
    expect(err.text()).toBe('a message\n')
  })

  it('are followed at the end by what to do next, all of it together', () => {
    const err = remembering()
    {
      using output = createOutput(err.stream, err.stream, false)
      output.next('tidings release ID')
      output.message('a message')
      output.next('tidings timeline A-B-2026-00001', 'tidings outstanding')
    }
    expect(err.text()).toBe(
      'a message\n\nNext:\n  tidings release ID\n  tidings timeline A-B-2026-00001\n  tidings outstanding\n',
    )
  })

  it('are JSON, a line each, when a program reads them; no advice then', async () => {
    const [out, err] = [remembering(), remembering()]
    {
      using output = createOutput(out.stream, err.stream, true)
      output.result({ n: 1 }, () => 'one')
      await output.item({ n: 2 }, () => 'two')
      output.next('tidings outstanding')
    }
    expect(out.text()).toBe('{"n":1}\n{"n":2}\n')
    expect(err.text()).toBe('')
  })
})

describe('a table', () => {
  it('is aligned, numbers to the right, without trailing space', () => {
    const rows = [
      ['reply', 8, ''],
      ['acknowledge', 1234, 'since'],
    ]
    expect(table(['duty', 'count', ''], rows)).toBe(
      ['duty         count', '-----------  -----  -----', 'reply            8', 'acknowledge   1234  since'].join('\n'),
    )
  })

  it('of facts leaves out what is not known', () => {
    const known = [
      ['request', 'A-B-2026-00001'],
      ['withdrawn', undefined],
      ['leaf', 7],
    ] as const
    expect(facts(known)).toBe('request  A-B-2026-00001\nleaf     7')
  })

  it('tells times in UTC', () => {
    expect(timeText('2031-05-04T12:34:56Z')).toBe('2031-05-04 12:34 UTC')
  })
})

describe('progress', () => {
  it('tells count, rate and time left', () => {
    expect(progressLine(1500, 44757, 3, 'case files')).toBe('1500 of 44757 case files, 500 a second, 1 min 27 s left')
    expect(progressLine(3, undefined, 2, 'rows')).toBe('3 rows, 1.5 a second')
    expect(durationText(3725)).toBe('1 h 2 min')
  })

  it('is one line drawn again on a terminal, and taken away at the end', () => {
    const err = remembering(true)
    let time = 0
    {
      using progress = showProgress(createOutput(err.stream, err.stream, false), 'rows', () => time)
      for (time = 0; time <= 1000; time += 100) progress.at(time)
    }
    expect(err.text()).not.toContain('\n')
    expect(err.text().match(/\r/g)).toHaveLength(6)
  })

  it('tells at once why nothing moves: in the same line on a terminal, elsewhere in one of its own every few seconds', () => {
    for (const [isTTY, told] of [
      [true, '\r\u001b[Kbusy\r\u001b[Kbusy\r\u001b[Kbusy\r\u001b[K'],
      [false, 'busy\nbusy\n'],
    ] as const) {
      const err = remembering(isTTY)
      let time = 0
      {
        using progress = showProgress(createOutput(err.stream, err.stream, false), 'rows', () => time)
        for (time of [100, 2_000, 6_000]) progress.waits('busy')
      }
      expect(err.text()).toBe(told)
    }
  })

  it('tells what is sent again, why and when', () => {
    const problem = (name: 'busy' | 'too-many-requests') =>
      new ServiceError({ type: `urn:tidings:problem:${name}`, ...problemTypes[name] })
    expect(repeatLine({ because: problem('busy'), statements: 412, seconds: 4.1 }, 'requests')).toBe(
      'The service is busy: 412 requests will be sent again in 5 s.',
    )
    expect(repeatLine({ because: problem('too-many-requests'), statements: 9, seconds: 60 }, 'requests')).toBe(
      'The service asks to slow down: 9 requests will be sent again in 1 min 0 s.',
    )
    const unreachable = new ClientError('client/unreachable', 'nobody is there')
    expect(repeatLine({ because: unreachable, statements: 9, seconds: 0.1 }, 'requests')).toBe(
      'The service cannot be reached: 9 requests will be sent again in 1 s.',
    )
  })

  it('is a line every few seconds elsewhere, and none for what is soon over', () => {
    const err = remembering()
    let time = 0
    {
      using progress = showProgress(createOutput(err.stream, err.stream, false), 'rows', () => time)
      for (time = 0; time <= 11_000; time += 100) progress.at(time)
    }
    expect(err.text().split('\n')).toHaveLength(3)
  })
})
