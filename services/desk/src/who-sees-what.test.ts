import { readFile } from 'node:fs/promises'
import {
  decodeEventData,
  type PayloadOf,
  prefixOf,
  readStatement,
  remindable,
  type Statement,
} from '@tidings/statement'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AccessRow, routeAccess } from './routes/access.ts'
import { type Everything, everythingIn, type Role, roles } from './testing/everything.ts'
import { type Answer, openTestDesk, type Read, type TestDesk } from './testing/test-desk.ts'

/**
 * Every role asks every route for everything. What it is answered follows from the table "Who sees what" as it stands in README.md, and from nothing
 * else: neither from the code that decides, nor from a list of what was answered once. A route that nobody asks here fails.
 */
let t: TestDesk
let world: Everything
let said: readonly Said[]
/** By stream. */
const sidesOf = new Map<string, readonly string[]>()
let table: Readonly<Record<string, Readonly<Record<string, string>>>>
const as = {} as Record<Role, Read>

/** What the table needs to know of a thing: whose it is, for whom, in which mechanisms. */
interface Thing {
  readonly iss: string
  readonly to?: readonly string[]
  readonly aud?: readonly string[]
  readonly mechanisms: readonly string[]
  /** Who has founded what it is about, and for whom. */
  readonly sides: readonly string[]
}

/** A statement of the record with what decides who sees it. */
interface Said extends Thing {
  readonly id: string
  readonly leaf: number
  readonly stream: string
  readonly row: AccessRow
  readonly payload: PayloadOf
  readonly counts: boolean
}

/** One question to a route, and what each role is to be answered: all of it, that it is not for this reader, or that there is nothing. */
interface Asked {
  readonly path: string
  seen(role: Role): 'all' | 'not-entitled' | 'nothing'
}

beforeAll(async () => {
  table = await readTable()
  t = await openTestDesk()
  world = await everythingIn(t)
  said = (await Array.fromAsync(t.world.store.readAll({ after: -1 }))).map(({ data, position, stream }) =>
    saidBy(readStatement(decodeEventData(data).jws), position, stream),
  )
  for (const role of roles) as[role] = await t.as(world.parties[role])
}, 60_000)
afterAll(() => t[Symbol.asyncDispose]())

/** The table of README.md by row and column. */
async function readTable() {
  const text = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  const [header = '', , ...rows] = text.slice(text.indexOf('## Who sees what')).split('\n\n')[1]?.split('\n') ?? []
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  const columns = cells(header)
  return Object.fromEntries(
    rows.map((row) => {
      const [name = '', ...values] = cells(row)
      return [name, Object.fromEntries(values.map((value, i) => [columns[i + 1] ?? '', value]))]
    }),
  )
}

const idOf = (role: Role) => world.parties[role].id
const mechanismsOf = (party: string) => world.mechanisms.filter((one) => one.in.some((role) => idOf(role) === party))

function rowOf(prefix: string): AccessRow {
  if (prefix === 'party' || prefix === 'mechanism') return 'rules, participants, their keys'
  if (prefix === 'list') return 'lists of case files'
  return prefix === 'case' || prefix === 'site' ? 'case files, own burial places' : 'a statement and its timeline'
}

function saidBy(statement: Statement, leaf: number, stream: string): Said {
  const { id, payload } = statement
  const prefix = prefixOf(payload)
  // A release speaks for its draft.
  const { iss, to, aud, mechanism } = (world.released.get(id) ?? statement).payload
  const within =
    prefix === 'mechanism' ? [payload.about] : mechanism ? [mechanism] : mechanismsOf(iss).map(({ id: one }) => one)
  const counts = !world.held.has(id) && !world.void.has(id)
  const sides = sidesOf.get(stream) ?? [iss, ...(to ?? [])]
  sidesOf.set(stream, sides)
  return {
    id,
    leaf,
    stream,
    row: rowOf(prefix),
    payload,
    counts,
    iss,
    mechanisms: within,
    sides,
    ...(to && { to }),
    ...(aud && { aud }),
  }
}

/** The column of the table in which a role stands towards a thing. */
function columnOf(role: Role, { iss, to, aud, sides, mechanisms }: Thing): string {
  const party = idOf(role)
  const isSide = sides.includes(party) && aud?.includes(party)
  if (party === iss || to?.includes(party) || isSide) return 'author, addressees'
  if (!world.mechanisms.some(({ id, in: present }) => mechanisms.includes(id) && present.includes(role)))
    return 'public'
  const columns: Partial<Record<Role, string>> = {
    mediator: 'mediator',
    agency: 'central agency',
    observer: 'observer',
  }
  return columns[role] ?? 'other participants'
}

/** What the table says. */
function allows(role: Role, row: AccessRow, thing: Thing): boolean {
  const cell = table[row]?.[columnOf(role, thing)]
  const isNamed = thing.aud?.includes(idOf(role)) ?? false
  switch (cell) {
    case 'yes':
    case 'yes, of its mechanisms':
      return true
    case 'no':
      return false
    case 'if in its audience':
      return isNamed
    case 'if in its audience, or the rules say so':
      return isNamed || world.mechanisms.some(({ id, mediatorReads }) => mediatorReads && thing.mechanisms.includes(id))
    case 'the party alone':
      return idOf(role) === thing.iss
    default:
      throw new TypeError(`README.md does not say, in words known here, who sees "${row}": ${cell}`)
  }
}

function knows(role: Role, one: Said): boolean {
  return one.counts ? allows(role, one.row, one) : idOf(role) === one.iss
}

const reads = (role: Role, one: Said) =>
  knows(role, one) && (idOf(role) === one.iss || allows(role, contentRow(one), one))
/** Contents of registers are as private as their entries. */
const contentRow = ({ row }: Said): AccessRow => (row === 'a statement and its timeline' ? 'content' : row)

const inStream = (stream: string) => said.filter((one) => one.stream === stream)
const streamsOf = (prefix: string) => [
  ...new Set(
    said.filter(({ stream, counts }) => counts && stream.startsWith(`${prefix}-`)).map(({ stream }) => stream),
  ),
]
const aboutOf = (stream: string) => stream.slice(stream.indexOf('-') + 1)

/** Whoever may know of every statement so far sees the whole of a thing: each duty, whoever owes it. */
function seesWhole(role: Role, stream: string): boolean {
  return inStream(stream).every((one) => !one.counts || allows(role, one.row, one))
}

/** A thing is shown to whoever sees the whole of it, and to its sides: to these with the duties of their own side. */
function isShown(role: Role, stream: string): boolean {
  return seesWhole(role, stream) || (sidesOf.get(stream)?.includes(idOf(role)) ?? false)
}

const exchange = (stream: string) => (role: Role) =>
  isShown(role, stream) ? 'all' : inStream(stream).some((one) => knows(role, one)) ? 'not-entitled' : 'nothing'
const shares = (role: Role, party: string) =>
  idOf(role) === party || mechanismsOf(party).some(({ in: present }) => present.includes(role))
const mediates = (role: Role, party: string) => role === 'mediator' && shares(role, party)

const parties = () => roles.map(idOf)
const each = (prefix: string, path: (about: string) => string, seen: (stream: string) => Asked['seen']): Asked[] =>
  streamsOf(prefix).map((stream) => ({ path: path(aboutOf(stream)), seen: seen(stream) }))
const known = (stream: string) => (role: Role) => (inStream(stream).some((one) => knows(role, one)) ? 'all' : 'nothing')

interface ShownDuty {
  readonly id: string
  readonly owner: string
  readonly towards: string
  readonly stream: string
  readonly mechanism: string
  readonly kind: string
  readonly due?: string
  readonly dischargedAt?: number
}
let duties: Promise<readonly ShownDuty[]> | undefined
/** Every duty there is, as its two sides are shown them. */
async function allDuties(): Promise<readonly ShownDuty[]> {
  duties ??= Promise.all(
    roles.map(async (role) => {
      const about = ['request', 'disclosure'].flatMap((prefix) => streamsOf(prefix).map(aboutOf))
      const ids = [...about, ...world.mechanisms.map(({ id }) => id)].flatMap((id) =>
        Array.from({ length: 12 }, (_, number) => `${id}.${number}`),
      )
      const answers = await Promise.all(ids.map((id) => as[role](`/v1/duties/${id}`)))
      return answers
        .filter(({ status }) => status === 200)
        .map(({ body }) => ({ ...body, due: body.clock.due }) as ShownDuty)
        .filter(({ owner, towards }) => [owner, towards].includes(idOf(role)))
    }),
  ).then((found) => [...new Map(found.flat().map((duty) => [duty.id, duty])).values()])
  return await duties
}
const seesDuty = (role: Role, { owner, towards, stream, mechanism, id }: ShownDuty) => {
  const [about = ''] = id.split('.')
  if (stream === 'mechanism') return mechanismsOf(idOf(role)).some((one) => one.id === mechanism)
  return [owner, towards].includes(idOf(role)) || seesWhole(role, `${stream}-${about}`)
}

async function askedOfDuties(path: (id: string) => string): Promise<Asked[]> {
  return (await allDuties()).map((duty) => ({
    path: path(duty.id),
    seen: (role) => (seesDuty(role, duty) ? 'all' : 'nothing'),
  }))
}

/** What every route is asked for. Routes that list answer everyone: what they list is asked below. */
const asks: Readonly<Record<string, () => readonly Asked[] | Promise<readonly Asked[]>>> = {
  '/v1/parties/:id': () =>
    parties().map((id) => ({ path: `/v1/parties/${id}`, seen: (role) => (shares(role, id) ? 'all' : 'nothing') })),
  '/v1/parties/:id/outstanding': () =>
    parties().map((id) => ({
      path: `/v1/parties/${id}/outstanding`,
      seen: (role) => (idOf(role) === id || mediates(role, id) ? 'all' : shares(role, id) ? 'not-entitled' : 'nothing'),
    })),
  '/v1/mechanisms/:id': () => each('mechanism', (id) => `/v1/mechanisms/${id}`, known),
  '/v1/requests/:id': () => each('request', (id) => `/v1/requests/${id}`, exchange),
  '/v1/requests/:id/timeline': () => each('request', (id) => `/v1/requests/${id}/timeline`, known),
  '/v1/disclosures/:id': () => each('disclosure', (id) => `/v1/disclosures/${id}`, exchange),
  '/v1/disclosures/:id/timeline': () => each('disclosure', (id) => `/v1/disclosures/${id}/timeline`, known),
  '/v1/duties/:id': () => askedOfDuties((id) => `/v1/duties/${id}`),
  '/v1/duties/:id/calculation': () => askedOfDuties((id) => `/v1/duties/${id}/calculation?assume=continuation`),
  '/v1/cases/:id': () => each('case', (id) => `/v1/cases/${id}`, known),
  '/v1/sites/:id': () => each('site', (id) => `/v1/sites/${id}`, known),
  '/v1/lists/:id': () => each('list', (id) => `/v1/lists/${id}`, known),
  '/v1/statements/:id': () => said.map((one) => ({ path: `/v1/statements/${one.id}`, seen: seenIf(knows, one) })),
  '/v1/statements/:id/receipt': () =>
    said.map((one) => ({ path: `/v1/statements/${one.id}/receipt`, seen: seenIf(knows, one) })),
  '/v1/contents/:commitment': () =>
    said.flatMap((one) =>
      (one.payload.content ?? []).map(({ commitment }) => ({
        path: `/v1/contents/${commitment}`,
        seen: (role: Role) => (reads(role, one) ? 'all' : knows(role, one) ? 'not-entitled' : 'nothing'),
      })),
    ),
}

function seenIf(may: (role: Role, one: Said) => boolean, one: Said): Asked['seen'] {
  return (role) => (may(role, one) ? 'all' : 'nothing')
}

/** What each list shows a role, by id. */
const lists: Readonly<Record<string, (role: Role) => Promise<readonly string[]> | readonly string[]>> = {
  '/v1/mechanisms': (role) => mechanismsOf(idOf(role)).map(({ id }) => id),
  '/v1/requests': (role) =>
    streamsOf('request')
      .filter((stream) => isShown(role, stream))
      .map(aboutOf),
  '/v1/disclosures': (role) =>
    streamsOf('disclosure')
      .filter((stream) => isShown(role, stream))
      .map(aboutOf),
  '/v1/cases': (role) =>
    streamsOf('case')
      .filter((stream) => known(stream)(role) === 'all')
      .map(aboutOf),
  '/v1/sites': (role) =>
    streamsOf('site')
      .filter((stream) => known(stream)(role) === 'all')
      .map(aboutOf),
  '/v1/lists': (role) =>
    streamsOf('list')
      .filter((stream) => known(stream)(role) === 'all')
      .map(aboutOf),
  '/v1/deadlines.ics': async (role) => {
    const own = (await allDuties()).filter(
      ({ owner, towards, mechanism }) =>
        [owner, towards].includes(idOf(role)) ||
        (role === 'mediator' && mechanismsOf(idOf(role)).some(({ id }) => id === mechanism)),
    )
    return own.flatMap(({ id, due }) => (due === undefined ? [] : id))
  },
  // On a day on which every date has passed: whoever is owed may remind, and the mediator, of any duty but its own.
  '/v1/reminders?on=2031-03-01': async (role) =>
    (await allDuties()).flatMap(({ id, owner, towards, stream, mechanism, kind, due, dischargedAt }) => {
      const isMeant =
        stream === 'request' && mechanism === world.mechanisms[0]?.id && remindable.some((one) => one === kind)
      const isLate = due !== undefined && due < '2031-02-01' && dischargedAt === undefined
      const mayRemind = idOf(role) === towards || (role === 'mediator' && idOf(role) !== owner)
      return isMeant && isLate && mayRemind ? id : []
    }),
  '/v1/changes': (role) => {
    // A draft was held at its own leaf: others are told of it by its release.
    const drafts = [...world.released.values()].map(({ id }) => id)
    return said.flatMap((one) =>
      knows(role, one) && (!drafts.includes(one.id) || idOf(role) === one.iss) ? one.id : [],
    )
  },
}

const refusals = { 'not-entitled': 403, nothing: 404 } as const

describe('the table', () => {
  it('has a row for every route that reads, and every route is asked here', () => {
    for (const row of Object.values(routeAccess)) expect(Object.keys(table)).toContain(row)
    expect([...Object.keys(asks), ...Object.keys(lists)].map((path) => path.replace(/\?.*/, '')).sort()).toEqual(
      Object.keys(routeAccess).sort(),
    )
  })

  it('is asked about a world that has everything in it', () => {
    const prefixes = ['party', 'mechanism', 'request', 'disclosure', 'case', 'site', 'list']
    for (const prefix of prefixes) expect(streamsOf(prefix).length, prefix).toBeGreaterThan(1)
    expect(said.filter(({ counts }) => !counts)).toHaveLength(4)
    expect(said.length).toBeGreaterThan(55)
  })
})

describe.each(roles)('the %s', (role) => {
  it.each(Object.keys(asks))('asks %s for everything', async (url) => {
    const asked = (await asks[url]?.()) ?? []
    expect(asked.length).toBeGreaterThan(1)
    for (const { path, seen } of asked) {
      const expected = seen(role)
      const status = expected === 'all' ? 200 : refusals[expected]
      expect((await as[role](path)).status, path).toBe(status)
      // Whoever may not see it is not told by a tag either that it is there.
      const conditional = await as[role](path, { 'if-none-match': '*' })
      expect(conditional.status, path).toBe(expected === 'all' ? 304 : status)
    }
  })

  it.each(Object.keys(lists))('is shown by %s what the table lets it know of, and nothing else', async (url) => {
    const expected = [...((await lists[url]?.(role)) ?? [])].sort()
    expect(await listed(role, url)).toEqual(expected)
  })
})

describe('the public', () => {
  it('is refused by every route, whatever it asks for', async () => {
    const paths = [
      ...Object.keys(lists),
      ...(await Promise.all(Object.values(asks).map((ask) => ask()))).flat().map(({ path }) => path),
    ]
    for (const path of paths) {
      const answer = await t.server.inject({ method: 'GET', url: path, headers: { 'if-none-match': '*' } })
      expect(answer.statusCode, path).toBe(401)
    }
  })
})

/** Ids that a route lists for a role, in order. */
async function listed(role: Role, url: string): Promise<string[]> {
  if (url === '/v1/changes') {
    const stream = await as[role].changes('?after=-1')
    const events = await stream.upTo(said.length - 1)
    stream.leave()
    return events.flatMap(({ event, data }) => (event === 'change' ? [data.statement] : [])).sort()
  }
  if (url === '/v1/deadlines.ics') {
    const { body } = await as[role](url)
    return [...String(body).matchAll(/^UID:(.*)@tidings\r?$/gm)].map(([, id = '']) => id).sort()
  }
  const ids: string[] = []
  for (let next: string | undefined = `${url}${url.includes('?') ? '&' : '?'}limit=2`; next !== undefined; ) {
    const page: Answer = await as[role](next)
    ids.push(...page.body.items.map(({ id }: { id: string }) => id))
    next = /<(.*)>/.exec(String(page.headers.link ?? ''))?.[1]
  }
  return ids.sort()
}
