import { chmod, cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newThingId } from '@tidings/statement'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Author, inventedPerson } from './support/author.ts'
import { type ChildService, freePort, ready, spawnService } from './support/child-service.ts'
import { tidingsIn, tidingsOk } from './support/command-line.ts'

interface Finding {
  readonly check: string
  readonly state: 'ok' | 'attention' | 'fault'
  readonly says: string
  readonly todo?: string
}

describe('tidings doctor', () => {
  let folder: string
  let service: ChildService
  const path = (name: string) => join(folder, name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidings-doctor-'))
    await writeFile(path('passphrase'), 'a passphrase for this test\n')
    service = spawnService(path('data'), await freePort())
    await ready(service)
    await tidingsOk(path('home'), path('passphrase'), 'party', 'create', '--service', service.url)
  })
  afterAll(async () => {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function examine(home: string, ...args: string[]) {
    const ran = await tidingsIn(path(home), path('passphrase'), 'doctor', ...args)
    const findings = ran.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Finding)
    const of = (check: string) => findings.filter((finding) => finding.check === check)
    return { code: ran.code, findings, of, worse: findings.filter(({ state }) => state !== 'ok') }
  }

  /** A copy of the data folder, with its guard, on which something is not as it should be. */
  async function copyOf(name: string): Promise<string> {
    await service.stop()
    const data = path(name)
    await cp(path('data'), data, { recursive: true })
    await cp(path('data.guard'), `${data}.guard`)
    return data
  }

  it('finds a service at work, looked at from inside and outside, in order, and measures its disk', async () => {
    const { code, worse, findings, of } = await examine('none', '--data', path('data'), '--service', service.url)
    // A machine of tests may have no time service, and a disk that is slow or in memory.
    expect(worse.filter(({ check }) => !['time service', 'flush', 'disk'].includes(check))).toEqual([])
    expect(code).toBe(0)
    expect(of('data folder')[0]?.says).toContain('a service is at work on it')
    expect(of('flush')[0]?.says).toMatch(/^the disk takes [\d.]+ ms to have bytes durably \(99 of 100: [\d.]+ ms\)/)
    const checks = ['node', 'permissions', 'keys', 'disk', 'record', 'vault', 'log', 'clock', 'guard', 'views']
    for (const check of [...checks, 'reachable', 'ready']) expect(of(check), check).not.toEqual([])
    expect(findings.every(({ state, todo }) => state === 'ok' || todo !== undefined)).toBe(true)
  })

  it("finds a party's home in order, its key that opens, and the log that was pinned", async () => {
    const { code, worse, of } = await examine('home')
    expect(worse.filter(({ check }) => check !== 'time service')).toEqual([])
    expect(code).toBe(0)
    expect(of('keys').at(-1)?.says).toMatch(/^the key sign opens/)
    expect(of('log')[0]?.says).toMatch(/holds \d+ statements/)
    expect(of('clock')[0]?.says).toMatch(/^this machine and the service are at most [12] s apart$/)
    // What cannot be told is never called in order.
    const [timeService] = of('time service')
    expect(timeService?.state === 'ok').toBe(timeService?.says === 'the clock is kept right by a time service')
  })

  it('says when a service cannot be reached, and what may be the cause', async () => {
    const { code, of } = await examine('none', '--service', `http://127.0.0.1:${await freePort()}`)
    expect(code).toBe(1)
    expect(of('reachable')[0]).toMatchObject({
      state: 'fault',
      todo: expect.stringContaining('Is the service running'),
    })
  })

  it('looks at nothing without being told at what', async () => {
    expect((await tidingsIn(path('none'), path('passphrase'), 'doctor')).code).toBe(3)
  })

  it.each<[string, string, Finding['state'], RegExp, (data: string) => Promise<unknown>]>([
    [
      'a master key that others may read',
      'keys',
      'fault',
      /can be read by others/,
      (d) => chmod(`${d}/keys/vault.key`, 0o644),
    ],
    ['a master key that is away', 'keys', 'fault', /is not there/, (d) => rm(`${d}/keys/vault.key`)],
    [
      'a master key of another vault',
      'keys',
      'fault',
      /is not the one that/,
      (d) => writeFile(`${d}/keys/vault.key`, `${'A'.repeat(43)}\n`),
    ],
    ["a log's key that is away", 'keys', 'fault', /log's key .* is missing/, (d) => rm(`${d}/keys/log.pem`)],
    [
      'a vault that others may read',
      'permissions',
      'attention',
      /vault\.db \(644\)/,
      (d) => chmod(`${d}/vault.db`, 0o644),
    ],
    ['a guard that is gone', 'guard', 'fault', /is missing/, (d) => rm(`${d}.guard`)],
    [
      'a guard that cannot be read',
      'guard',
      'fault',
      /cannot be read/,
      (d) => writeFile(`${d}.guard`, 'x'.repeat(1024)),
    ],
    ['a record that is gone', 'record', 'fault', /is missing/, (d) => rename(`${d}/record.db`, `${d}.away`)],
    [
      'a record that is something else',
      'record',
      'fault',
      /is something else/,
      (d) => cp(`${d}/vault.db`, `${d}/record.db`),
    ],
    ['views that are not there', 'views', 'attention', /no views yet/, (d) => rm(`${d}/desk.db`)],
    ['a log without its checkpoint', 'log', 'fault', /checkpoint/, (d) => rm(`${d}/log/checkpoint`)],
  ])('finds %s', async (name, check, state, says, spoil) => {
    const data = await copyOf(name.replaceAll(' ', '-'))
    await spoil(data)
    const { code, of } = await examine('none', '--data', data)
    expect(of(check)).toContainEqual(
      expect.objectContaining({ state, says: expect.stringMatching(says), todo: expect.any(String) }),
    )
    expect(code).toBe(state === 'fault' ? 1 : 0)
  })

  it('finds an old copy beside the present guard', async () => {
    const data = await copyOf('old')
    const port = await freePort()
    const again = spawnService(path('data'), port)
    await ready(again)
    const { origin } = await (await fetch(`${again.url}/checkpoint`))
      .text()
      .then((text) => ({ origin: text.split('\n')[0] ?? '' }))
    const author = await Author.begin(again.url, origin)
    await author.say({ kind: 'case.describe', about: newThingId(), body: {}, tells: inventedPerson })
    await again.stop()
    await cp(path('data.guard'), `${data}.guard`)
    const { code, of } = await examine('none', '--data', data)
    expect(of('guard')[0]).toMatchObject({
      state: 'fault',
      says: expect.stringMatching(/this is an old copy of the data folder/),
    })
    expect(code).toBe(1)
  })
})
