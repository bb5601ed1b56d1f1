import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { content, from, hash, subjectOf } from './invented-contents.fixture.ts'
import { sealContents } from './seal-contents.ts'
import type { Holding, NewContent, Origin, StoredContent, Vault } from './vault.ts'

/** One case of the kit; each has a vault of its own. */
export interface ConformanceCase {
  /** A path in a folder that is new for this case and removed after it. */
  path(name: string): string
}

/** Opens the vault of a case: empty at first, the same one whenever it is opened again. It is never open twice at once. */
export type VaultFactory = (testCase: ConformanceCase) => Promise<Vault>

/**
 * What every engine of the `Vault` port promises, as vitest cases.
 *
 * @example
 * vaultConformance('sqlite', openVaultOf)
 */
export function vaultConformance(name: string, factory: VaultFactory): void {
  describe(`vault: ${name}`, () => {
    let folder: string
    let opened: Vault[]

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'vault-'))
      opened = []
    })
    afterEach(async () => {
      await Promise.all(opened.map((vault) => vault[Symbol.asyncDispose]()))
      await rm(folder, { recursive: true })
    })

    async function open(): Promise<Vault> {
      const vault = await factory({ path: (file) => join(folder, file) })
      opened.push(vault)
      return vault
    }

    /** Holds and publishes. */
    async function keep(vault: Vault, statement: string, contents: readonly NewContent[]) {
      await vault.hold(from(statement), contents)
      await vault.publish(statement)
    }

    describe('hold and publish', () => {
      it('makes contents readable when their statement is published, and not before', async () => {
        const vault = await open()
        const held = content('a', { data: everyByte() })
        await vault.hold(from(S1), [held])
        expect(await vault.read(from(S1), held.commitment)).toBeUndefined()
        expect(await vault.count()).toEqual({ pending: 1, live: 0 })
        await vault.publish(S1)
        expect(plain(await vault.read(from(S1), held.commitment))).toEqual(plain({ statement: S1, ...held }))
        expect(await vault.count()).toEqual({ pending: 0, live: 1 })
      })

      it('keeps all the contents of a statement, of any size, about any subject', async () => {
        const vault = await open()
        const sizes = [0, 1, 1_024, 1_048_576]
        const contents = sizes.map((size) => content(`of ${size} bytes`, { data: randomBytes(size) }))
        await keep(vault, S1, contents)
        for (const one of contents)
          expect(plain(await vault.read(from(S1), one.commitment))).toEqual(plain({ statement: S1, ...one }))
      })

      it('keeps several contents about one subject', async () => {
        const vault = await open()
        const [a, b] = [content('a', { subject: subjectOf(1) }), content('b', { subject: subjectOf(1) })]
        await keep(vault, S1, [a])
        await keep(vault, S2, [b])
        expect((await vault.read(from(S1), a.commitment))?.data).toEqual(a.data)
        expect((await vault.read(from(S2), b.commitment))?.data).toEqual(b.data)
      })

      it('keeps what the caller handed in, not what becomes of its bytes later', async () => {
        const vault = await open()
        const held = content('a', { data: Uint8Array.of(1, 2, 3) })
        const holding = vault.hold(from(S1), [held])
        held.data.fill(9)
        await holding
        await vault.publish(S1)
        expect([...((await vault.read(from(S1), held.commitment))?.data ?? [])]).toEqual([1, 2, 3])
      })

      it('keeps the same commitment apart for each statement that brings it', async () => {
        const vault = await open()
        const shared = content('shared')
        await vault.hold(from(S1), [shared])
        await vault.hold(from(S2), [shared])
        await vault.publish(S2)
        expect(await vault.read(from(S1), shared.commitment)).toBeUndefined()
        expect((await vault.read(from(S2), shared.commitment))?.statement).toBe(S2)
        expect(await vault.count()).toEqual({ pending: 1, live: 1 })
      })

      it('finds a content in the stream of its statement, and in no other', async () => {
        const vault = await open()
        const held = content('a')
        const streams = ['party-of-another-name', 'request-0198c0de-0000-7000-8000-000000000002']
        for (const [n, stream] of streams.entries()) {
          const origin = { statement: [S1, S2][n] as string, stream }
          await vault.hold(origin, [held])
          await vault.publish(origin.statement)
          expect((await vault.read(origin, held.commitment))?.data).toEqual(held.data)
          expect(await vault.read(from(origin.statement), held.commitment)).toBeUndefined()
        }
      })

      it('changes nothing when the same is held or published again', async () => {
        const vault = await open()
        const held = [content('a'), content('b')]
        await vault.hold(from(S1), held)
        await vault.hold(from(S1), held)
        expect(await vault.count()).toEqual({ pending: 2, live: 0 })
        await vault.publish(S1)
        await vault.publish(S1)
        await vault.hold(from(S1), held)
        expect(await vault.count()).toEqual({ pending: 0, live: 2 })
        expect((await vault.read(from(S1), held[0]?.commitment ?? ''))?.data).toEqual(held[0]?.data)
      })

      it('keeps a content once that is handed in twice', async () => {
        const vault = await open()
        const held = content('a')
        await vault.hold(from(S1), [held, held])
        expect(await vault.count()).toEqual({ pending: 1, live: 0 })
      })

      it('knows nothing of statements without contents', async () => {
        const vault = await open()
        await vault.hold(from(S1), [])
        await vault.publish(S1)
        await vault.publish(S2)
        expect(await vault.read(from(S1), content('a').commitment)).toBeUndefined()
        expect(await vault.count()).toEqual({ pending: 0, live: 0 })
      })

      it('refuses identifiers and salts of another form, and keeps nothing of them', async () => {
        const vault = await open()
        const good = content('a')
        await expect(vault.hold(from('not a hash'), [good])).rejects.toThrow(RangeError)
        await expect(vault.hold(from(S1), [good, { ...good, commitment: 'short' }])).rejects.toThrow(RangeError)
        await expect(vault.hold(from(S1), [{ ...good, subject: 'a name' }])).rejects.toThrow(RangeError)
        await expect(vault.hold(from(S1), [{ ...good, salt: new Uint8Array(16) }])).rejects.toThrow(RangeError)
        expect(await vault.count()).toEqual({ pending: 0, live: 0 })
      })

      it('serves 64 callers at once', async () => {
        const vault = await open()
        const callers = range(64).map((n) => ({
          statement: hash(`statement ${n}`),
          held: content(`${n}`, { subject: subjectOf(n % 8) }),
        }))
        await Promise.all(callers.map(({ statement, held }) => keep(vault, statement, [held])))
        for (const { statement, held } of callers)
          expect((await vault.read(from(statement), held.commitment))?.data).toEqual(held.data)
        expect(await vault.count()).toEqual({ pending: 0, live: 64 })
      })
    })

    describe('contents sealed apart', () => {
      it('are kept as those that the vault seals itself, about a new subject and about one that it knows', async () => {
        const vault = await open()
        await keep(vault, S1, [content('before', { subject: subjectOf(1) })])
        const contents = [1, 2, 2].map((subject, i) => content(`${i}`, { subject: subjectOf(subject) }))
        await vault.holdSealed(from(S2), sealContents(vault.sealing, S2, contents))
        expect(await vault.read(from(S2), contents[0]?.commitment ?? '')).toBeUndefined()
        await vault.publish(S2)
        for (const one of contents)
          expect(plain(await vault.read(from(S2), one.commitment))).toEqual(plain({ statement: S2, ...one }))
      })

      it('are sealed in another thread with the key that was posted to it', async () => {
        const vault = await open()
        const held = content('a')
        const posted = structuredClone(vault.sealing)
        await vault.holdSealed(from(S1), sealContents(posted, S1, [held]))
        await vault.publish(S1)
        expect((await vault.read(from(S1), held.commitment))?.data).toEqual(held.data)
      })

      it('change nothing when the same is held again', async () => {
        const vault = await open()
        const held = content('a')
        await vault.hold(from(S1), [held])
        await vault.holdSealed(from(S1), sealContents(vault.sealing, S1, [held]))
        expect(await vault.count()).toEqual({ pending: 1, live: 0 })
      })

      it('open for no other statement than the one that they were sealed for', async () => {
        const vault = await open()
        const held = content('a')
        await vault.holdSealed(from(S2), sealContents(vault.sealing, S1, [held]))
        await vault.publish(S2)
        await expect(vault.read(from(S2), held.commitment)).rejects.toMatchObject({ code: 'vault/damaged' })
      })
    })

    describe('several statements in one call', () => {
      it('are held, and made live, each by itself: one that is refused hinders no other', async () => {
        const vault = await open()
        const contents = [1, 2, 3].map((n) => content(`${n}`, { subject: subjectOf(n % 2) }))
        const statements = contents.map(({ commitment }) => hash(`statement of ${commitment}`))
        const holdings = contents.map((one, i) => {
          const statement = statements[i] as string
          return { origin: from(statement), contents: sealContents(vault.sealing, statement, [one]) }
        })
        const [first, ...others] = holdings as readonly Holding[] as [Holding, ...Holding[]]
        const faulty = { ...first, origin: from('not a hash') }
        const held = await vault.holdEach([first, faulty, ...others, { ...first, contents: [] }])
        expect(held.map((fault) => fault?.constructor)).toEqual([
          undefined,
          RangeError,
          undefined,
          undefined,
          undefined,
        ])
        expect(await vault.count()).toEqual({ pending: 3, live: 0 })
        const [one, two, three] = statements as [string, string, string]
        const published = await vault.publishEach([one, 'not a hash', three, S1])
        expect(published.map((fault) => fault?.constructor)).toEqual([undefined, RangeError, undefined, undefined])
        expect(await vault.count()).toEqual({ pending: 1, live: 2 })
        const read = (n: number) => vault.read(from(statements[n] as string), contents[n]?.commitment ?? '')
        expect((await read(0))?.data).toEqual(contents[0]?.data)
        expect(await read(1)).toBeUndefined()
        expect((await read(2))?.data).toEqual(contents[2]?.data)
        expect(await vault.publishEach([two])).toEqual([undefined])
        expect((await read(1))?.data).toEqual(contents[1]?.data)
        expect([await vault.holdEach([]), await vault.publishEach([])]).toEqual([[], []])
      })

      it('are settled if they were handed in before it is closed, and refused one by one after that', async () => {
        const vault = await open()
        const holding = { origin: from(S1), contents: sealContents(vault.sealing, S1, [content('a')]) }
        const holdingIt = vault.holdEach([holding])
        await vault[Symbol.asyncDispose]()
        expect(await holdingIt).toEqual([undefined])
        const closed = expect.objectContaining({ code: 'vault/closed' })
        expect(await vault.holdEach([holding, holding])).toEqual([closed, closed])
        expect(await vault.publishEach([S1])).toEqual([closed])
        expect(await (await open()).count()).toEqual({ pending: 1, live: 0 })
      })
    })

    describe('sweep', () => {
      it('publishes what was recorded, deletes what was not, and says how many statements', async () => {
        const vault = await open()
        const [a, b, c] = [content('a'), content('b'), content('c')]
        await vault.hold(from(S1), [a, c])
        await vault.hold(from(S2), [b])
        expect(await vault.sweep(later(), async ({ statement }) => statement === S1)).toEqual({
          published: 1,
          deleted: 1,
        })
        expect((await vault.read(from(S1), c.commitment))?.data).toEqual(c.data)
        expect(await vault.count()).toEqual({ pending: 0, live: 2 })
        await vault.publish(S2)
        expect(await vault.read(from(S2), b.commitment)).toBeUndefined()
      })

      it('asks about no statement that was held later, nor about one that is live', async () => {
        const vault = await open()
        await keep(vault, S1, [content('a')])
        await vault.hold(from(S2), [content('b')])
        const asked: Origin[] = []
        const isRecorded = async (origin: Origin) => asked.push(origin) > 0
        expect(await vault.sweep(new Date(0), isRecorded)).toEqual({ published: 0, deleted: 0 })
        expect(asked).toEqual([])
        await vault.sweep(later(), isRecorded)
        expect(asked).toEqual([from(S2)])
      })

      it('counts a statement from when it was last held', async () => {
        const vault = await open()
        await vault.hold(from(S1), [content('a')])
        const between = new Date(Date.now() + 1)
        while (Date.now() <= between.getTime()) await new Promise((resolve) => setTimeout(resolve, 1))
        await vault.hold(from(S1), [content('a')])
        expect(await vault.sweep(between, async () => false)).toEqual({ published: 0, deleted: 0 })
        expect(await vault.count()).toEqual({ pending: 1, live: 0 })
      })

      it('leaves a statement alone that is published or held again while its record is looked up', async () => {
        const vault = await open()
        const [a, b] = [content('a'), content('b')]
        await vault.hold(from(S1), [a])
        await vault.hold(from(S2), [b])
        const before = new Date(Date.now() + 1)
        const swept = await vault.sweep(before, async ({ statement }) => {
          while (Date.now() <= before.getTime()) await new Promise((resolve) => setTimeout(resolve, 1))
          if (statement === S1) await vault.publish(S1)
          else await vault.hold(from(S2), [b])
          return false
        })
        expect(swept).toEqual({ published: 0, deleted: 0 })
        expect((await vault.read(from(S1), a.commitment))?.data).toEqual(a.data)
        expect(await vault.count()).toEqual({ pending: 1, live: 1 })
      })

      it('settles many', async () => {
        const vault = await open()
        const statements = range(350).map((n) => hash(`statement ${n}`))
        await Promise.all(statements.map((statement) => vault.hold(from(statement), [content(statement)])))
        const recorded = new Set(statements.slice(0, 120))
        expect(await vault.sweep(later(), async ({ statement }) => recorded.has(statement))).toEqual({
          published: 120,
          deleted: 230,
        })
        expect(await vault.count()).toEqual({ pending: 0, live: 120 })
      })
    })

    describe('close', () => {
      it('settles what was handed in before, refuses what comes after, and keeps both pending and live', async () => {
        const vault = await open()
        const [a, b] = [content('a'), content('b')]
        await keep(vault, S1, [a])
        const holding = vault.hold(from(S2), [b])
        await vault[Symbol.asyncDispose]()
        await holding
        await expect(vault.hold(from(S2), [b])).rejects.toMatchObject({ code: 'vault/closed' })
        await expect(vault.read(from(S1), a.commitment)).rejects.toMatchObject({ code: 'vault/closed' })
        await vault[Symbol.asyncDispose]()

        const again = await open()
        expect((await again.read(from(S1), a.commitment))?.data).toEqual(a.data)
        expect(await again.count()).toEqual({ pending: 1, live: 1 })
        await again.publish(S2)
        expect((await again.read(from(S2), b.commitment))?.data).toEqual(b.data)
      })
    })
  })
}

const S1 = hash('statement one')
const S2 = hash('statement two')

/** Bytes as text, so that a difference is shown and kinds of byte array are not told apart. */
function plain(content: StoredContent | undefined) {
  return content && { ...content, salt: content.salt.toHex(), data: hash(content.data.toHex()) }
}

function everyByte(): Uint8Array {
  return Uint8Array.from(range(256))
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

function later(): Date {
  return new Date(Date.now() + 60_000)
}
