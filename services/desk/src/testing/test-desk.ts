import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { createLogger, createServer, defaultLimits, type Limits, newTokenKey, type Server } from '@tidings/service-kit'
import { decodeEventData, leafEntry, sha256, toBase64url, utf8 } from '@tidings/statement'
import { importSigner, type LogReader } from '@tidings/transparency'
import { openLogFolder } from '@tidings/transparency/files'
import { createLog, openGuardFile } from '@tidings/transparency/writer'
import { createMasterKey, openSqliteVault } from '@tidings/vault/sqlite'
import { SignJWT } from 'jose'
import { type Desk, type DeskOptions, deskApp, openDesk } from '../app.ts'
import { declaredProblems } from './declared.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { newKey, type TestKey, type TestParty, World } from './world.ts'

/** An answer of the desk. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever has come
  readonly body: any
}

/** One who reads: a party under one of its keys. */
export interface Read {
  (path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Opens the stream of changes over a connection of its own. */
  changes(query?: string, headers?: Readonly<Record<string, string>>): Promise<OpenChanges>
}

/** An event of the stream of changes, as it came. */
export interface StreamEvent {
  readonly event: string
  readonly id: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever has come
  readonly data: any
}

/** A stream of changes that somebody reads. */
export interface OpenChanges {
  readonly response: Response
  /** The next event; undefined at the end. */
  next(): Promise<StreamEvent | undefined>
  /** The events up to the first that tells this leaf, or a later one, and that itself. */
  upTo(leaf: number): Promise<StreamEvent[]>
  leave(): void
}

/** A desk over a record, a vault and a log as they are in service, in a folder of their own. */
export interface TestDesk extends AsyncDisposable {
  readonly world: World
  readonly desk: Desk
  readonly server: Server
  readonly log: LogReader
  readonly folder: string
  /** Has the log publish what is recorded, and waits until the desk knows it. */
  publish(): Promise<void>
  /** Has the log publish what is recorded; the desk may not know it yet. */
  publishOnly(): Promise<void>
  as(party: TestParty, key?: TestKey): Promise<Read>
  /** Sets the log's clock: what is published from then on has this time and later. */
  goTo(instant: string): void
}

const origin = 'log.example/desk-test'

/** Opens a desk for a test. The log's clock begins on 2031-01-02 and goes on by a second with each checkpoint. */
export async function openTestDesk({
  limits,
  ...options
}: Partial<DeskOptions> & { readonly limits?: Partial<Limits> } = {}): Promise<TestDesk> {
  await using opened = new AsyncDisposableStack()
  const { path } = opened.use(await temporaryFolder())
  const store = opened.use(await openSqliteEventStore({ file: `${path}/record.db`, mode: 'write' }))
  await createMasterKey(`${path}/vault.key`)
  const vault = opened.use(await openSqliteVault({ file: `${path}/vault.db`, masterKeyFile: `${path}/vault.key` }))
  let time = Date.UTC(2031, 0, 2)
  const writer = opened.use(
    await createLog({
      folder: `${path}/log`,
      guard: opened.use(await openGuardFile(`${path}/log.guard`)),
      origin,
      signer: await newSigner(),
      now: () => {
        time += 1000
        return time
      },
    }),
  )
  const log = opened.use(await openLogFolder({ folder: `${path}/log`, publications: writer }))
  const logger = createLogger('silent')
  const desk = opened.use(
    await openDesk({
      store,
      recordFile: `${path}/record.db`,
      vault,
      log,
      readModelFile: `${path}/desk.db`,
      tokenKey: await newTokenKey(),
      audience: origin,
      logger,
      ...options,
    }),
  )
  const server = await createServer({ logger, title: 'desk', version: '0', limits: { ...defaultLimits, ...limits } })
  opened.defer(() => server.close())
  await deskApp(server, desk)
  const owned = opened.move()
  let address: Promise<string> | undefined
  const listening = () => {
    address ??= server.listen({ host: '127.0.0.1', port: 0 })
    return address
  }

  async function publishOnly() {
    const { size } = writer.checkpoint
    const events = await Array.fromAsync(store.readAll({ after: size - 1 }))
    if (events.length === 0) return
    await writer.publish(
      events.map(({ data }) => leafEntry(decodeEventData(data).jws)),
      size + events.length - 1,
    )
  }

  return {
    world: new World(store, vault),
    desk,
    server,
    log,
    folder: path,
    publishOnly,
    async publish() {
      await publishOnly()
      const size = await store.size()
      if (size > 0) await desk.views.waitForLeaf(size - 1, AbortSignal.timeout(5000))
    },
    as: (party, key = party.key) => readAs(server, listening, party.id, key, options.now ?? Date.now),
    goTo(instant) {
      time = Date.parse(instant)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function newSigner() {
  const { privateKey } = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey))
  return await importSigner(pkcs8)
}

async function readAs(
  server: Server,
  listening: () => Promise<string>,
  party: string,
  key: TestKey,
  now: () => number,
): Promise<Read> {
  const dpop = await newKey()
  const declared = declaredProblems(server)

  function proof(method: string, path: string, token?: string, base = 'http://localhost'): Promise<string> {
    return new SignJWT({
      htm: method,
      htu: base + path.replace(/\?.*/, ''),
      jti: crypto.randomUUID(),
      ...(token !== undefined && { ath: toBase64url(sha256(utf8(token))) }),
    })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'Ed25519', jwk: dpop.jwk })
      .setIssuedAt(new Date(now()))
      .sign(dpop.pair.privateKey)
  }

  const assertion = await new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'Ed25519', kid: key.kid })
    .setIssuer(party)
    .setSubject(party)
    .setAudience(origin)
    .setIssuedAt(new Date(now()))
    .setExpirationTime(new Date(now() + 60_000))
    .sign(key.pair.privateKey)
  const response = await server.inject({
    method: 'POST',
    url: '/v1/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', dpop: await proof('POST', '/v1/token') },
    payload: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }).toString(),
  })
  const token: string = response.json().access_token
  async function read(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const own = { authorization: `DPoP ${token}`, dpop: await proof('GET', path, token) }
    const answer = await server.inject({ method: 'GET', url: path, headers: { ...own, ...headers } })
    const isJson = /^application\/(problem\+)?json/.test(String(answer.headers['content-type']))
    if (answer.statusCode >= 400) declared(path, answer.statusCode, answer.json().type)
    return { status: answer.statusCode, headers: answer.headers, body: isJson ? answer.json() : answer.body }
  }

  async function changes(query = '', headers: Readonly<Record<string, string>> = {}): Promise<OpenChanges> {
    const base = await listening()
    const path = '/v1/changes'
    const leaving = new AbortController()
    const own = { authorization: `DPoP ${token}`, dpop: await proof('GET', path, token, base) }
    const response = await fetch(base + path + query, { headers: { ...own, ...headers }, signal: leaving.signal })
    return { response, ...eventsOf(response), leave: () => leaving.abort() }
  }

  return Object.assign(read, { changes })
}

function eventsOf(response: Response): Pick<OpenChanges, 'next' | 'upTo'> {
  const reader = (response.ok ? response.body : undefined)?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  async function next(): Promise<StreamEvent | undefined> {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end < 0) {
        const { done = true, value } = (await reader?.read()) ?? {}
        if (done) return undefined
        text += value
        continue
      }
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
      )
      text = text.slice(end + 2)
      const { event, id = '', data = '' } = fields
      if (event) return { event, id, data: JSON.parse(data) }
    }
  }
  return {
    next,
    async upTo(leaf) {
      const events: StreamEvent[] = []
      for (;;) {
        const event = await next()
        if (!event) throw new Error(`the stream has ended before leaf ${leaf}`)
        events.push(event)
        if (event.data.leaf >= leaf) return events
      }
    },
  }
}
