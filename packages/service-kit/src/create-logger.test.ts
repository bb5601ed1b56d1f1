import { describe, expect, it } from 'vitest'
import { createLogger } from './create-logger.ts'

describe('the log', () => {
  function logged(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
    let line = ''
    write(
      createLogger('info', {
        write(text: string) {
          line += text
        },
      }),
    )
    return JSON.parse(line) as Record<string, unknown>
  }

  it('cuts out whatever could hold content, a token or a key, wherever it stands', () => {
    const line = logged((log) =>
      log.info(
        {
          body: { names: ['x'] },
          submission: { contents: [{ salt: 's', data: 'd' }], statement: 'e.y.J' },
          req: { headers: { authorization: 'DPoP t' } },
        },
        'taken',
      ),
    )
    expect(line).toMatchObject({
      body: '[cut]',
      submission: { contents: '[cut]', statement: '[cut]' },
      req: { headers: { authorization: '[cut]' } },
      msg: 'taken',
    })
  })

  it('tells times in UTC, and the causes of an error', () => {
    const line = logged((log) => log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed'))
    expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
    expect(JSON.stringify(line.err)).toContain('inner')
  })
})
