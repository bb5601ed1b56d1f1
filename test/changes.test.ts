import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@tidings/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tidingsIn, tidingsOk } from './support/command-line.ts'
import { asked, type Scene, twoCommissions } from './support/scenes.ts'
import { type Service, startService } from './support/service.ts'

describe('changes of a service', () => {
  let scene: Scene

  beforeAll(async () => {
    scene = await twoCommissions()
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  it('reach whoever follows them, both sides the same', async () => {
    const { a, b, mechanism, service } = scene
    const first = asked(b, mechanism)
    await a.say(first.said)
    const told: Record<string, string[]> = {}
    for (const party of [a, b]) {
      await using tidings = await connect({
        url: service.url,
        party: party.id,
        signer: party.signer,
        vkey: service.log.vkey,
      })
      const abouts: string[] = []
      const last = (await service.size()) - 1
      for await (const { leaf, change } of tidings.read.changes({ after: -1 })) {
        if (change?.stream === 'request') abouts.push(change.about)
        if (leaf >= last) break
      }
      told[party.id] = abouts
    }
    expect(told[a.id]).toEqual([first.about])
    expect(told[b.id]).toEqual(told[a.id])
  })
})

describe('what a party has kept of a service', () => {
  it('is still so until something is said, and whoever waits is told at once', async () => {
    await using scene = await twoCommissions()
    const { a, b, mechanism, service } = scene
    await using tidings = await connect({
      url: service.url,
      party: b.id,
      signer: b.signer,
      vkey: service.log.vkey,
    })
    const reading = { params: { id: b.id } }
    const { kept } = await tidings.read.ifChanged('outstanding', reading)
    expect(kept.answer.totals.owedBy.duties.reply).toBe(0)
    const calendar = await tidings.read.ifChanged('deadlines', { params: {} })
    expect(calendar.kept.answer).toMatch(/^BEGIN:VCALENDAR/)
    expect(await tidings.read.ifChanged('outstanding', reading, kept)).toEqual({ changed: false, waited: false, kept })
    expect(await tidings.read.ifChanged('outstanding', reading, kept, { waitSeconds: 1 })).toEqual({
      changed: false,
      waited: true,
      kept,
    })
    const waiting = tidings.read.ifChanged('outstanding', reading, kept, { waitSeconds: 30 })
    await a.say(asked(b, mechanism).said)
    const told = await waiting
    expect(told.changed).toBe(true)
    expect(told.kept.answer.totals.owedBy.duties.reply).toBe(1)
    expect((await tidings.read.ifChanged('deadlines', { params: {} }, calendar.kept)).kept.answer).toMatch(/^BEGIN/)
  })
})

describe('tidings watch', () => {
  let folder: string
  let service: Service
  let home: string
  let passphrase: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidings-watch-'))
    ;[home, passphrase] = [join(folder, 'a'), join(folder, 'passphrase')]
    await writeFile(passphrase, 'a passphrase for this test\n')
    service = await startService()
    await tidingsOk(home, passphrase, 'party', 'create', '--service', service.url, '--name', 'Commission of A')
  })
  afterAll(async () => {
    await service[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const lines = (out: string) =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))

  it('prints a line for each change and ends, so that a script can go on from the last', async () => {
    const { out } = await tidingsOk(home, passphrase, 'watch', '--once')
    const changes = lines(out)
    expect(changes.map(({ kind }) => kind)).toEqual(['party.inception', 'party.describe'])
    const { leaf } = changes.at(-1)
    const again = await tidingsOk(home, passphrase, 'watch', '--once', '--after', String(leaf))
    expect(again.out).toBe('')
  })

  it('waits for a leaf that is still to come', async () => {
    const last = (await service.size()) - 1
    const watching = tidingsOk(home, passphrase, 'watch', '--after', String(last), '--until-leaf', String(last + 1))
    await tidingsOk(home, passphrase, 'party', 'describe', '--name', 'Commission of A, renamed')
    expect(lines((await watching).out)).toMatchObject([{ leaf: last + 1, kind: 'party.describe' }])
  })

  it('refuses what is no leaf', async () => {
    expect((await tidingsIn(home, passphrase, 'watch', '--once', '--after', 'now')).code).toBe(3)
  })
})
