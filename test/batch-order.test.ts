import { type Appended, type EventStore, OutcomeUnknownError, UnavailableError } from '@tidings/event-store'
import { newThingId, toBase64url } from '@tidings/statement'
import type { LogReader } from '@tidings/transparency'
import { type Vault, VaultError } from '@tidings/vault'
import { describe, expect, it } from 'vitest'
import { Author, inventedCase, newSigner, type Prepared, postBatch } from './support/author.ts'
import { sceneOfFile } from './support/scene-of-file.ts'
import { asked, nothingFound } from './support/scenes.ts'
import { replaced, startIntake } from './support/second-intake.ts'

const { service, a, b, mechanism } = await sceneOfFile()

describe('the lines of a request of which one could not be taken just now', () => {
  /** A vault that cannot hold the contents of some statements for as long as they are named here. */
  function failingVault() {
    const failing = new Set<string>()
    const vault = replaced<Vault>(service.vault, {
      holdEach: (holdings) =>
        Promise.all(
          holdings.map(async (holding) => {
            if (failing.has(holding.origin.statement)) return new VaultError('vault/unavailable', 'no room')
            return (await service.vault.holdEach([holding]))[0]
          }),
        ),
    })
    return { vault, failing }
  }

  /** A record that cannot tell what became of a statement, nor takes any that was handed in with it after it. */
  function failingStore() {
    const failing = new Set<string>()
    let broken = false
    const store = replaced<EventStore>(service.store, {
      appendEach: (appends) =>
        Promise.all(
          appends.map(async (append) => {
            if (failing.has(append.stream)) {
              broken = true
              setImmediate(() => {
                broken = false
              })
            }
            if (broken) return new OutcomeUnknownError('the disk failed')
            const [answer] = await service.store.appendEach([append])
            return answer as Appended | Error
          }),
        ),
    })
    return { store, failing }
  }

  /** A record that cannot be asked how far it is for as long as it is silent: nobody whom intake does not know can be looked up in it. */
  function silentStore() {
    let silent = false
    const store = replaced<EventStore>(service.store, {
      size: async () => {
        if (silent) throw new UnavailableError('the disk does not answer')
        return await service.store.size()
      },
    })
    return {
      store,
      silence(is: boolean) {
        silent = is
      },
    }
  }

  /** Someone of whom no intake knows that began before. */
  async function stranger() {
    return await Author.make(service.url, service.origin)
  }

  const said = (prepared: readonly Prepared[]) => prepared.map(({ submission }) => submission)
  const cases = (count: number) => Promise.all(Array.from({ length: count }, () => a.prepare(inventedCase())))
  const nameOf = (type: string) => type.replace('urn:tidings:problem:', '')

  /** Statuses and names of problems, line by line. */
  async function outcomes(url: string, lines: readonly unknown[]) {
    return (await postBatch(url, lines)).lines.map(({ status, problem }) => (problem ? nameOf(problem.type) : status))
  }
  async function leaves(url: string, lines: readonly unknown[]) {
    return (await postBatch(url, lines)).lines.map(({ receipt }) => receipt?.leaf ?? -1)
  }
  const inOrder = (numbers: readonly number[]) => numbers.toSorted((x, y) => x - y)

  it('are not taken from there on, but for repeats and what is wrong in itself; sent again they keep their order', async () => {
    const { vault, failing } = failingVault()
    await using intake = await startIntake(service, { vault })
    const [before, first, lost, after] = await cases(4)
    if (!before || !first || !lost || !after) throw new TypeError('internal error: a case is missing')
    await a.post(before.submission)
    const { about, said: request } = asked(b, mechanism)
    const submitted = await a.prepare(request)
    const re = [submitted.statement.id]
    const withdrawn = await a.prepare({ kind: 'request.withdraw', about, mechanism, aud: [b.id], re, body: {} })
    const lines = said([first, lost, submitted, withdrawn, before, after])
    const size = await service.size()
    failing.add(lost.statement.id)
    expect(await outcomes(intake.url, [...lines, { statement: 'x' }])).toEqual([
      201,
      'busy',
      'busy',
      'busy',
      200,
      'busy',
      'encoding',
    ])
    expect(await service.size(), 'nothing after it was recorded').toBe(size + 1)
    failing.clear()
    const again = await leaves(intake.url, said([lost, submitted, withdrawn, after]))
    expect(again).toEqual([1, 2, 3, 4].map((n) => size + n))
  })

  it('tell why, and when to come back', async () => {
    const { vault, failing } = failingVault()
    await using intake = await startIntake(service, { vault })
    const [lost, after] = await cases(2)
    failing.add(lost?.statement.id ?? '')
    const { lines } = await postBatch(intake.url, said([lost, after] as Prepared[]))
    expect(lines.map(({ problem }) => problem)).toMatchObject([
      { status: 503, retryAfter: 5 },
      {
        status: 503,
        retryAfter: 5,
        detail: 'A line before it was not taken; nothing of this one was kept. Send it again after that one.',
      },
    ])
  })

  it('are not taken in groups that come after it either, nor refused for want of what it would have brought', async () => {
    const { vault, failing } = failingVault()
    await using intake = await startIntake(service, { vault })
    const officer = await newSigner()
    const [lost] = await cases(1)
    if (!lost) throw new TypeError('internal error: a case is missing')
    const delegation = await a.prepare({
      kind: 'party.delegate',
      about: a.id,
      body: { jwk: officer.key, role: 'release', label: 'officer-1' },
    })
    const lines = said([lost, delegation, await a.prepare(inventedCase(), officer)])
    const size = await service.size()
    failing.add(lost.statement.id)
    expect(await outcomes(intake.url, lines)).toEqual(['busy', 'busy', 'busy'])
    expect(await service.size()).toBe(size)
    failing.clear()
    expect(await leaves(intake.url, lines)).toEqual([size, size + 1, size + 2])
  })

  it('are not taken when nobody knows what became of it', async () => {
    const { store, failing } = failingStore()
    await using intake = await startIntake(service, { store })
    const [first, lost, ...after] = await cases(4)
    if (!first || !lost) throw new TypeError('internal error: a case is missing')
    const label = await a.prepare({
      kind: 'party.delegate',
      about: a.id,
      body: { jwk: (await newSigner()).key, role: 'read', label: 'officer-2' },
    })
    const lines = said([first, lost, label, ...after])
    const size = await service.size()
    failing.add(`case-${lost.statement.payload.about}`)
    expect(await outcomes(intake.url, lines)).toEqual([201, 'outcome-unknown', 'busy', 'busy', 'busy'])
    expect(await service.size()).toBe(size + 1)
    failing.clear()
    expect(await leaves(intake.url, lines)).toEqual([0, 1, 2, 3, 4].map((n) => size + n))
  })

  it('are not taken when the thread that checked those before them has ended', async () => {
    const script = new URL('../services/intake/src/checking/mortal-thread.fixture.ts', import.meta.url)
    await using intake = await startIntake(service, { threads: 2, script })
    const prepared = await cases(2)
    // A thread checks five hundred: the first is in another's hands than the last.
    const ending = Array.from({ length: 499 }, () => ({ statement: 'end this thread' }))
    const size = await service.size()
    const names = await outcomes(intake.url, [said(prepared)[0], ...ending, said(prepared)[1]])
    expect(new Set(names)).toEqual(new Set(['busy']))
    expect(names).toHaveLength(501)
    expect(await service.size()).toBe(size)
  })

  it('are not taken when its key has used up its allowance, whichever key theirs is', async () => {
    await using intake = await startIntake(service, {}, { keyStatements: 2 })
    const ofA = await cases(4)
    const ofB = await b.prepare(inventedCase())
    const lines = said([...ofA.slice(0, 3), ofB, ...ofA.slice(3)])
    const size = await service.size()
    expect(await outcomes(intake.url, lines)).toEqual([201, 201, ...Array(3).fill('too-many-requests')])
    expect(await service.size()).toBe(size + 2)
    expect(await outcomes(intake.url, said([ofB])), 'nothing of its allowance was used').toEqual([201])
  })

  it('are not refused for want of a party that could not begin yet', async () => {
    await using intake = await startIntake(service, {}, { addressParties: 1 })
    const [one, other] = [await Author.make(intake.url, service.origin), await Author.make(intake.url, service.origin)]
    const lines = await Promise.all(
      [one, other].flatMap((author) => [author.prepare(author.inception()), author.prepare(inventedCase())]),
    )
    const names = await outcomes(intake.url, said(lines))
    expect(names).toEqual([201, 201, 'too-many-requests', 'too-many-requests'])
  })

  it('hinder nobody else: another request that comes at the same time is taken', async () => {
    const { vault, failing } = failingVault()
    await using intake = await startIntake(service, { vault })
    const [mine, others] = [await cases(20), await cases(20)]
    failing.add(mine[0]?.statement.id ?? '')
    const both = await Promise.all([outcomes(intake.url, said(mine)), outcomes(intake.url, said(others))])
    expect(both).toEqual([Array(20).fill('busy'), Array(20).fill(201)])
  })

  it('do not cost their address what it was the service that could not', async () => {
    const { vault, failing } = failingVault()
    await using intake = await startIntake(service, { vault }, { addressRequests: 5 })
    const prepared = await cases(10)
    failing.add(prepared[0]?.statement.id ?? '')
    expect(await outcomes(intake.url, said(prepared))).toEqual(Array(10).fill('busy'))
    failing.clear()
    expect(await outcomes(intake.url, said(prepared))).toEqual(Array(10).fill(201))
  })

  it('stand in the log as they stood in the request, also what is told anew of a thing that is no longer in memory', async () => {
    const old = Array.from({ length: 3 }, () => newThingId().replace(/^.{13}/, '01900000-0000'))
    const tellOld = () => Promise.all(old.map((about) => a.prepare(inventedCase(about))))
    await postBatch(service.url, said(await tellOld()))
    await using intake = await startIntake(service, {})
    const lines = said([...(await tellOld()), ...(await cases(3))])
    const size = await service.size()
    expect(await leaves(intake.url, lines)).toEqual([0, 1, 2, 3, 4, 5].map((n) => size + n))
  })

  it('stand in the log as they stood in the request, also those after one that the rules refuse', async () => {
    const [one, other] = [asked(b, mechanism), asked(b, mechanism)]
    const request = await a.prepare(one.said)
    const re = [request.statement.id]
    const { about } = one
    const reply = () => b.prepare(nothingFound(a, mechanism, about, request.statement.id))
    const withdrawn = await a.prepare({ kind: 'request.withdraw', about, mechanism, aud: [b.id], re, body: {} })
    const lines = said([request, await reply(), await reply(), withdrawn, await a.prepare(other.said)])
    const recorded = (await leaves(service.url, lines)).filter((leaf) => leaf >= 0)
    expect(recorded).toHaveLength(4)
    expect(recorded).toEqual(inOrder(recorded))
  })

  it('are held up by one whose key cannot be looked up, and those before it have their receipts', async () => {
    const { store, silence } = silentStore()
    await using intake = await startIntake(service, { store })
    const [before, first, after] = await cases(3)
    if (!before || !first || !after) throw new TypeError('internal error: a case is missing')
    expect(await outcomes(intake.url, said([before]))).toEqual([201])
    const unknown = await (await stranger()).prepare(inventedCase())
    const lines = said([first, unknown, before, after])
    const size = await service.size()
    silence(true)
    expect(await outcomes(intake.url, lines)).toEqual([201, 'busy', 200, 'busy'])
    expect(await service.size()).toBe(size + 1)
    const [, busy] = (await postBatch(intake.url, lines)).lines
    expect(busy?.problem).toMatchObject({ status: 503, retryAfter: 5 })
    silence(false)
    expect(await outcomes(intake.url, lines)).toEqual([200, 'unknown-party', 200, 201])
  })

  it('are held up by one that is wrong in itself if nobody can tell whose key it is under', async () => {
    const { store, silence } = silentStore()
    await using intake = await startIntake(service, { store, threads: 1 })
    const [before, first, after] = await cases(3)
    if (!before || !first || !after) throw new TypeError('internal error: a case is missing')
    // The threads know a's key, and check what is signed with it, whoever says so.
    const [one, other] = [await stranger(), (await cases(1))[0]]
    const { submission } = await one.prepare(inventedCase(), a.signer)
    const wrong = { ...submission, contents: other?.submission.contents }
    const lines = [first.submission, wrong, after.submission]
    expect(await outcomes(intake.url, said([before]))).toEqual([201])
    silence(true)
    expect(await outcomes(intake.url, lines)).toEqual([201, 'busy', 'busy'])
    silence(false)
    expect(await outcomes(intake.url, lines)).toEqual([200, 'unknown-party', 201])
  })

  it('are held up by one of whose party nobody can tell whether it takes part in a mechanism', async () => {
    const { store, silence } = silentStore()
    await using intake = await startIntake(service, { store })
    const newcomer = await Author.begin(intake.url, service.origin)
    const [first, after] = await cases(2)
    if (!first || !after) throw new TypeError('internal error: a case is missing')
    const lines = said([first, await newcomer.prepare(inventedCase()), after])
    const size = await service.size()
    silence(true)
    const { lines: answers } = await postBatch(intake.url, lines)
    expect(answers.map(({ status }) => status)).toEqual([201, 503, 503])
    expect(answers[1]?.problem).toMatchObject({ type: 'urn:tidings:problem:busy', retryAfter: 5 })
    expect(await service.size()).toBe(size + 1)
    silence(false)
    expect(await outcomes(intake.url, lines)).toEqual([200, 201, 201])
  })

  describe('of which one has seen a checkpoint that cannot be compared', () => {
    /** A log of which one root cannot be read. */
    function failingLog(size: number, error: Error) {
      const log = replaced<LogReader>(service.log, {
        rootAt: async (asked) => {
          if (asked === size) throw error
          return await service.log.rootAt(asked)
        },
      })
      return log
    }

    /** A line that has seen a size, between others. */
    async function around(size: number) {
      const seer = await Author.begin(service.url, service.origin)
      seer.sees({ origin: service.origin, size, root: toBase64url(await service.log.rootAt(size)) })
      const [first, after] = await cases(2)
      const one = await seer.prepare(inventedCase())
      return { one, lines: said([first, one, after] as Prepared[]) }
    }

    it('are held up by it where that will pass', async () => {
      const { lines } = await around(2)
      await using intake = await startIntake(service, { log: failingLog(2, new UnavailableError('not now')) })
      expect(await outcomes(intake.url, lines)).toEqual([201, 'busy', 'busy'])
    })

    it('are taken where nobody knows that it will pass; a repeat has its receipt all the same', async () => {
      const { one, lines } = await around(2)
      await using intake = await startIntake(service, { log: failingLog(2, new Error('the tile is damaged')) })
      expect(await outcomes(intake.url, lines)).toEqual([201, 'internal', 201])
      expect(await outcomes(service.url, said([one]))).toEqual([201])
      expect(await outcomes(intake.url, lines)).toEqual([200, 200, 200])
    })
  })
})
