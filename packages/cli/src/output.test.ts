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
    expect(progressLine(1500, 44757, 500, 'case files')).toBe('1500 of 44757 case files, 500 a second, 1 min 27 s left')
    expect(progressLine(3, undefined, 1.5, 'rows')).toBe('3 rows, 1.5 a second')
    expect(progressLine(3, 9, undefined, 'rows')).toBe('3 of 9 rows')
    expect(durationText(3725)).toBe('1 h 2 min')
  })

  /** The last line shown of work that has come so far at these seconds; `waits` where it was told that nothing moves. */
  function lastLine(...told: readonly (readonly [seconds: number, done: number | 'waits'])[]): string {
    const err = remembering(true)
    let time = 0
    const progress = showProgress(createOutput(err.stream, err.stream, false), 'rows', () => time)
    for (const [seconds, done] of told) {
      time = seconds * 1000
      if (done === 'waits') progress.waits('busy')
      else progress.at(done, 10_000)
    }
    return err.text().split('\u001b[K').at(-1) ?? ''
  }
  const steady = (from: number, done: number, seconds: number) =>
    Array.from({ length: seconds + 1 }, (_, n) => [from + n, done + n * 100] as const)

  it('reckons by the recent rate: neither a break nor what was there already counts', () => {
    const going = '100 a second, 1 min 30 s left'
    expect(lastLine(...steady(0, 0, 10))).toBe(`1000 of 10000 rows, ${going}`)
    expect(lastLine([0.1, 5000], ...steady(40, 5000, 31))).toBe('8100 of 10000 rows, 100 a second, 19 s left')
    expect(lastLine([1, 10], [43_000, 10], ...steady(43_001, 10, 40))).toBe(
      '4010 of 10000 rows, 100 a second, 1 min 0 s left',
    )
  })

  it('names no rate just after a wait, and a true one soon', () => {
    expect(lastLine(...steady(0, 0, 2), [3, 'waits'], [600, 210])).toBe('210 of 10000 rows')
    expect(lastLine(...steady(0, 0, 2), [3, 'waits'], [600, 210], ...steady(601, 310, 1))).toBe(
      '410 of 10000 rows, 100 a second, 1 min 36 s left',
    )
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
