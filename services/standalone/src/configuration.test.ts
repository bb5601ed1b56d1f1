import { defaultLimits } from '@tidings/service-kit'
import { describe, expect, it } from 'vitest'
import { ConfigurationError, readConfiguration } from './configuration.ts'

const read = (argv: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  readConfiguration(argv, env, '/somewhere', '/project/tidings-data')

function refused(argv: readonly string[], env: NodeJS.ProcessEnv = {}): ConfigurationError {
  try {
    read(argv, env)
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  throw new Error('the settings were taken')
}

describe('settings', () => {
  it('listen on this machine alone, with the demonstration, unless told', () => {
    expect(read([])).toMatchObject({
      port: 7300,
      host: '127.0.0.1',
      data: '/project/tidings-data',
      empty: false,
      logLevel: 'info',
    })
  })

  it('come from arguments, else from the environment; a folder is relative to where the person stands', () => {
    const env = { TIDINGS_PORT: '1234', TIDINGS_HOST: '::1', TIDINGS_EMPTY: '1' }
    expect(read(['--port', '0', '--data', './x'], env)).toMatchObject({
      port: 0,
      host: '::1',
      data: '/somewhere/x',
      empty: true,
    })
  })

  it('set limits one by one, by argument and environment alike', () => {
    const env = { TIDINGS_LIMIT_BODY_BYTES: '2000', TIDINGS_LIMIT_HEADER_SECONDS: '3' }
    expect(read(['--limit', 'header-seconds=4', '--limit', 'connections=5'], env).limits).toEqual({
      ...defaultLimits,
      bodyBytes: 2000,
      headerSeconds: 4,
      connections: 5,
    })
  })

  it('believe no proxy unless told which', () => {
    expect(read([]).proxies).toBeUndefined()
    expect(read(['--trust-proxy', '10.0.0.0/8, loopback,2001:db8::1']).proxies).toEqual([
      '10.0.0.0/8',
      'loopback',
      '2001:db8::1',
    ])
  })

  it.each([
    [['--trust-proxy', 'everybody'], /--trust-proxy: must be addresses/],
    [['--limit', 'body-bytes'], /--limit: must be <name>=<value>/],
    [['--limit', 'tea=1'], /--limit tea: there is no such limit/],
    [['--limit', 'body-bytes=no'], /--limit body-bytes: must be a number/],
    [['--limit', 'receipt-seconds=3000000'], /--limit receipt-seconds: must be at most 2147483/],
    [['--port', '70000'], /--port: must be 0 to 65535/],
    [['--port', 'x'], /--port: must be a number/],
    [['--log-level', 'loud'], /--log-level: must be/],
    [['--public-url', 'ftp://x'], /--public-url: must be/],
    [['--origin', 'https://x'], /--origin: must look like/],
    [['--prot', '1'], /--prot/],
    [['what'], /argument/],
  ])('refuse %j by naming the option and the rule', (argv, message) => {
    const { message: said, exitCode } = refused(argv)
    expect(said).toMatch(message)
    expect(exitCode).toBe(3)
  })

  it('refuse a limit in the environment that is none', () => {
    expect(refused([], { TIDINGS_LIMIT_TEA: '1' }).message).toMatch(/tea: there is no such limit/)
  })

  it('help ends with 0', () => {
    const { message, exitCode } = refused(['--help'])
    expect(exitCode).toBe(0)
    expect(message).toContain('--data <folder>')
    expect(message).not.toContain('[]')
  })
})
