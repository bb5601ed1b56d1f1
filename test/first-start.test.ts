import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Outstanding } from '@tidings/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ChildService, freePort, ready, spawnServer } from './support/child-service.ts'
import { tidingsOk } from './support/command-line.ts'

describe('the first start', () => {
  let folder: string
  let data: string
  const started: ChildService[] = []

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidings-first-'))
    data = join(folder, 'data')
  })
  afterEach(async () => {
    for (const service of started.splice(0)) await service.kill()
    await rm(folder, { recursive: true })
  })

  function start(port: number, ...args: string[]): ChildService {
    const service = spawnServer(['--port', String(port), '--data', data, '--log-level', 'warn', ...args])
    started.push(service)
    return service
  }

  async function printed(service: ChildService, text: string): Promise<void> {
    for (const until = Date.now() + 300_000; !service.output().includes(text); await pause(50)) {
      if (Date.now() > until || service.process.exitCode !== null)
        throw new Error(`not printed: ${text}\n${service.output()}`)
    }
  }

  const outstandingOf = async (party: string) => {
    const home = join(data, 'demonstration', party)
    const passphrase = join(data, 'demonstration', 'passphrase')
    return (await tidingsOk(home, passphrase, 'outstanding')).json<Outstanding>().totals
  }

  it('makes a demonstration, goes on with it where it was killed, and says what to try: every command works as printed', {
    timeout: 400_000,
  }, async () => {
    const port = await freePort()
    const first = start(port)
    await ready(first)
    // In the middle: some statements of the demonstration are recorded, not all of them.
    while (Number((await (await fetch(`${first.url}/checkpoint`)).text()).split('\n')[1]) < 6000) await pause(20)
    expect(await (await fetch(first.url)).text()).toContain('It is being made')
    await first.kill()
    expect(existsSync(join(data, 'demonstration', 'complete'))).toBe(false)

    const service = start(port)
    await printed(service, 'verify receipt')
    for (const word of [service.url, 'demonstration/passphrase', 'outstanding', 'are invented'])
      expect(service.output()).toContain(word)
    const page = await (await fetch(service.url)).text()
    expect(page).toContain('checkpoints included, are invented')
    expect(page).not.toContain('It is being made')

    // Both sides ask and answer alike. What waits for the mediator alone is owed by nobody else.
    const [a, b] = [await outstandingOf('a'), await outstandingOf('b')]
    expect(a.owedBy).toEqual(b.owedBy)
    expect({ ...a.owedTo, duties: { ...a.owedTo.duties, 'accept-rules': 0 } }).toEqual({
      ...b.owedTo,
      duties: { ...b.owedTo.duties, 'accept-rules': 0 },
    })
    expect(a.owedBy.questions).toEqual(a.owedTo.questions)
    expect(a.owedBy.duties.reply).toBeGreaterThan(100)

    const commands = service
      .output()
      .split('\n')
      .filter((line) => line.startsWith('  ./node_modules/.bin/tidings'))
    expect(commands).toHaveLength(5)
    // Where a person stands who has cloned the project.
    await symlink(new URL('../node_modules', import.meta.url).pathname, join(folder, 'node_modules'))
    for (const command of commands) {
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' })
      expect({ command, status, stderr: status === 0 ? '' : stderr }).toEqual({ command, status: 0, stderr: '' })
      expect(stdout).not.toBe('')
    }

    expect(await service.stop()).toBe(0)
    const again = start(port)
    await printed(again, 'verify receipt')
    expect(again.output()).not.toContain('Making a demonstration')
    for (const command of commands) expect(again.output()).toContain(command)
  })

  it('killed when there was no more than the folder, it begins anew', async () => {
    await mkdir(data)
    const identity = {
      format: 'tidings/data/v1',
      origin: 'tidings.example/first',
      createdAt: '2031-11-23T10:00:00.000Z',
    }
    await writeFile(join(data, 'tidings.json'), JSON.stringify(identity))
    const service = start(await freePort())
    await ready(service)
    expect(await (await fetch(`${service.url}/vkey`)).text()).toContain('tidings.example/first')
  })

  it('chooses the origin for good, and a later start says so', async () => {
    const port = await freePort()
    const first = start(port, '--empty', '--origin', 'tidings.example/first')
    await printed(first, 'is ready')
    await first.kill()
    const later = start(port, '--origin', 'tidings.example/later')
    await printed(later, 'tidings.example/later is not used')
    expect(await (await fetch(`${later.url}/checkpoint`)).text()).toMatch(/^tidings\.example\/first\n/)
  })

  it('started again, it is there at once, and is stopped gracefully', async () => {
    const port = await freePort()
    const first = start(port, '--empty')
    await ready(first)
    expect(await first.stop()).toBe(0)
    const second = start(port)
    await ready(second)
    expect(existsSync(join(data, 'demonstration'))).toBe(false)
    expect(await second.stop()).toBe(0)
  })

  it('says what to do when the port is taken, and leaves nothing behind', async () => {
    const other = createServer()
    const port = await freePort()
    await new Promise<void>((listening) => other.listen(port, '127.0.0.1', listening))
    const service = start(port)
    await expect(ready(service)).rejects.toThrow(/Port \d+ .* is taken .*--port 0/s)
    other.close()
    expect(await readdir(folder)).toEqual([])
  })

  it('names the option and the rule when a setting does not fit', async () => {
    const service = start(await freePort(), '--log-level', 'loud')
    await expect(ready(service)).rejects.toThrow(/--log-level: must be/)
    expect(service.process.exitCode).toBe(3)
  })
})
