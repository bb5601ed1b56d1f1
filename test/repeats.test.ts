import { setTimeout as pause } from 'node:timers/promises'
import { type Vault, VaultError } from '@tidings/vault'
import { describe, expect, it, vi } from 'vitest'
import { inventedCase, type Prepared, postBatch } from './support/author.ts'
import { sceneOfFile } from './support/scene-of-file.ts'
import { asked } from './support/scenes.ts'
import { replaced, startIntake } from './support/second-intake.ts'

const { service, a, b, mechanism } = await sceneOfFile()

describe('a statement that is sent again while its contents are not live yet', () => {
  /** A vault that is told when to publish. */
  function watchedVault(publishEach: Vault['publishEach']) {
    const published = vi.fn(publishEach)
    return { published, vault: replaced<Vault>(service.vault, { publishEach: published }) }
  }

  async function sent(url: string, { submission }: Prepared) {
    const [line] = (await postBatch(url, [submission])).lines
    return line?.problem?.type.replace('urn:tidings:problem:', '') ?? line?.status
  }

  async function isLive({ statement }: Prepared): Promise<boolean> {
    const { about, content } = statement.payload
    const origin = { statement: statement.id, stream: `case-${about}` }
    return (await service.vault.read(origin, content?.[0]?.commitment ?? '')) !== undefined
  }

  it('has its receipt once they are', async () => {
    const gate = Promise.withResolvers<void>()
    const { vault } = watchedVault(async (statements) => {
      await gate.promise
      return await service.vault.publishEach(statements)
    })
    await using intake = await startIntake(service, { vault })
    const prepared = await a.prepare(inventedCase())
    const size = await service.size()
    const first = sent(intake.url, prepared)
    await vi.waitFor(async () => expect(await service.size()).toBe(size + 1))
    const again = sent(intake.url, prepared)
    const meanwhile = await Promise.race([again, pause(300, 'it waits')])
    gate.resolve()
    expect(meanwhile).toBe('it waits')
    expect(await again).toBe(200)
    expect(await isLive(prepared)).toBe(true)
    expect(await first).toBe(201)
  })

  it('has them published again where that failed, and no receipt for as long as it fails', async () => {
    let fails = true
    const { vault } = watchedVault(async (statements) =>
      fails
        ? statements.map(() => new VaultError('vault/unavailable', 'no room'))
        : await service.vault.publishEach(statements),
    )
    await using intake = await startIntake(service, { vault })
    const prepared = await a.prepare(inventedCase())
    expect(await sent(intake.url, prepared)).toBe('outcome-unknown')
    expect(await sent(intake.url, prepared), 'sent again').toBe('outcome-unknown')
    expect(await isLive(prepared)).toBe(false)
    fails = false
    expect(await sent(intake.url, prepared)).toBe(200)
    expect(await isLive(prepared)).toBe(true)
  })

  it('asks the vault once for all that are sent again together, and not at all for those without contents', async () => {
    const { vault, published } = watchedVault((statements) => service.vault.publishEach(statements))
    await using intake = await startIntake(service, { vault })
    const cases = await Promise.all(Array.from({ length: 20 }, () => a.prepare(inventedCase())))
    const { about, said } = asked(b, mechanism)
    const request = await a.prepare(said)
    const re = [request.statement.id]
    const withdrawal = await a.prepare({ kind: 'request.withdraw', about, mechanism, aud: [b.id], re, body: {} })
    const lines = [...cases, request, withdrawal].map(({ submission }) => submission)
    await postBatch(intake.url, lines)
    published.mockClear()
    const again = (await postBatch(intake.url, lines)).lines.map(({ status }) => status)
    expect(again).toEqual(Array(22).fill(200))
    const told = published.mock.calls.map(([statements]) => statements)
    const bringing = [...cases, request].filter(({ submission }) => submission.contents?.length)
    expect(told.flat().toSorted()).toEqual(bringing.map(({ statement }) => statement.id).toSorted())
    expect(told).toHaveLength(1)
  })
})
