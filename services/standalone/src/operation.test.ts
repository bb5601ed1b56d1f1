import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@tidings/service-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startStandalone } from './app.ts'
import { type Configuration, ConfigurationError, readConfiguration } from './configuration.ts'
import { diskSpace, keepReserve } from './disk-space.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-operation-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const path = (name: string) => join(folder, name)
const logger = createLogger('silent')

function configuration(...args: readonly string[]): Configuration {
  return readConfiguration(['--port', '0', '--data', path('data'), '--empty', ...args], {}, folder, path('data'))
}

async function waitsFor(url: string): Promise<Readonly<Record<string, string>>> {
  const { waitsFor = {} } = (await (await fetch(`${url}/health/ready`)).json()) as { waitsFor?: Record<string, string> }
  return waitsFor
}

describe('the reserve on the disk', () => {
  it('waits when less is free than is kept, and says how much', () => {
    const freeMiB = Math.floor(diskSpace(folder).freeBytes / 1024 ** 2)
    expect(keepReserve(folder, 0)()).toBeUndefined()
    expect(keepReserve(folder, freeMiB + 1_000_000)()).toMatch(
      /^the disk of the data folder has \d+ MiB left, of which \d+ MiB are kept/,
    )
  })
})

describe('a service', () => {
  it('waits for its guard when that is gone or damaged, and for nothing once it is back', async () => {
    await using service = await startStandalone(configuration(), logger)
    expect(await waitsFor(service.url)).toEqual({})
    await rename(path('data.guard'), path('away'))
    expect(await waitsFor(service.url)).toEqual({ guard: expect.stringMatching(/is gone: put it back/) })
    await writeFile(path('data.guard'), 'not a guard'.padEnd(1024))
    expect(await waitsFor(service.url)).toEqual({ guard: expect.stringMatching(/cannot be read/) })
    await rename(path('away'), path('data.guard'))
    expect(await waitsFor(service.url)).toEqual({})
  })

  it('keeps more of the disk free when it is told to', async () => {
    await using service = await startStandalone(configuration('--disk-reserve', '1000000000'), logger)
    expect(await waitsFor(service.url)).toEqual({ disk: expect.stringMatching(/make room$/) })
  })

  it('gives its metrics to whoever has the secret, and to nobody else', async () => {
    await writeFile(path('secret'), 'a-secret-of-this-test\n', { mode: 0o600 })
    await using service = await startStandalone(configuration('--metrics-secret-file', 'secret'), logger)
    const ask = async (headers: Record<string, string>) => (await fetch(`${service.url}/metrics`, { headers })).status
    expect(await ask({})).toBe(403)
    expect(await ask({ authorization: 'Bearer another-secret-of-this' })).toBe(403)
    expect(await ask({ authorization: 'Bearer a-secret-of-this-test' })).toBe(200)
  })

  it.each([
    ['--public-url', 'https://tidings.example'],
    ['--trust-proxy', 'loopback'],
  ])('behind a proxy (%s) gives its metrics to nobody without a secret', async (...args) => {
    await using service = await startStandalone(configuration(...args), logger)
    expect((await fetch(`${service.url}/metrics`)).status).toBe(403)
  })

  it.each<[string, RegExp, () => Promise<unknown>]>([
    ['is missing', /no such file/, async () => undefined],
    ['is short', /16 characters or more/, () => writeFile(path('secret'), 'short\n', { mode: 0o600 })],
    [
      'can be read by others',
      /others may read/,
      async () => {
        await writeFile(path('secret'), 'a-secret-of-this-test\n')
        await chmod(path('secret'), 0o644)
      },
    ],
  ])('does not start when the secret for its metrics %s', async (_, says, prepare) => {
    await prepare()
    const starting = startStandalone(configuration('--metrics-secret-file', 'secret'), logger)
    await expect(starting).rejects.toThrow(ConfigurationError)
    await expect(starting).rejects.toThrow(says)
  })

  it('says of itself what its readiness says: what it waits for', async () => {
    await using service = await startStandalone(configuration('--disk-reserve', '100000000'), logger)
    expect(Object.keys(await service.waitsFor())).toContain('disk')
    expect(Object.keys(await waitsFor(service.url))).toContain('disk')
  })

  it('serves for reading only what is there: no folder is made', async () => {
    await expect(startStandalone(configuration('--read-only'), logger)).rejects.toThrow(/is no data folder/)
  })
})

describe('settings of operation', () => {
  it.each([
    [['--disk-reserve', 'x'], /--disk-reserve: must be a number/],
    [['--disk-reserve', '-1'], /--disk-reserve: must be 0 or more/],
    [['--disk-reserve', '1.5'], /--disk-reserve: must be whole/],
  ])('refuse %j by naming the option and the rule', (args, says) => {
    expect(() => configuration(...args)).toThrow(says)
  })
})
