import { readdirSync, readFileSync } from 'node:fs'
import {
  clockOf,
  clockStates,
  type Duty,
  describeStep,
  type MechanismInTime,
  noDateReasons,
  type Step,
  stepCodes,
} from '@tidings/exchange'
import { type Rules, rules as rulesDocument } from '@tidings/statement'
import { describe, expect, it } from 'vitest'

type Patch = Omit<Partial<Rules>, 'calendars'> & { readonly calendars?: readonly string[] }

/** One case; `README.md` tells what each member means. */
interface Case {
  readonly case: string
  readonly why: string
  readonly owner?: 'A' | 'B'
  readonly kind?: Duty['kind']
  readonly stated?: string
  readonly rules?: Patch
  readonly withoutRules?: true
  readonly withoutCeiling?: true
  readonly calendars?: readonly string[]
  readonly later?: readonly Patch[]
  readonly events: readonly (readonly [when: string, what: string])[]
  readonly expect: Readonly<Record<string, string>>
  readonly due: string
  readonly steps?: readonly string[]
}
interface Table {
  readonly title: string
  readonly rules: Patch
  readonly cases: readonly Case[]
}

const here = new URL('.', import.meta.url)
const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, here), 'utf8')) as T

type NamedCalendar = Omit<NonNullable<Rules['calendars']>[number], 'party' | 'nonWorking'> & {
  readonly party: string
  readonly nonWorking?: readonly string[]
}
const calendars = read<Readonly<Record<string, NamedCalendar>>>('calendars.json')
const usual = ['A-2031', 'A-2032', 'B-2031', 'B-2032']
// Identifiers are 32 bytes in base64url: a party of the tables is its letter, followed by zeros.
const idOf = (party: string) => party.padEnd(43, 'A')
const letterOf = (party: string) => party.slice(0, 1)

function calendar(name: string) {
  const found = calendars[name]
  if (!found) throw new Error(`no calendar is called ${name}`)
  const { nonWorking = [], ...rest } = found
  return { ...rest, party: idOf(found.party), nonWorking: nonWorking.map((date) => ({ date })) }
}

/** The rules of a version: patches laid over each other, member by member; checked as the document that parties would accept. */
function rulesOf(version: number, ...patches: readonly Patch[]): Rules {
  const laid: Record<string, unknown> = { version, zone: 'Asia/Tbilisi', periods: {}, calendars: usual }
  for (const patch of patches)
    for (const [name, value] of Object.entries(patch)) {
      const before = laid[name]
      const both = typeof value === 'object' && !Array.isArray(value) && typeof before === 'object'
      laid[name] = both ? { ...before, ...value } : value
    }
  const named = laid.calendars as readonly string[]
  return rulesDocument.schema.parse({ ...laid, calendars: named.map(calendar) })
}

/** Unix time of a moment: local time in the zone of the rules, or with an offset of its own. */
function secondsOf(when: string, zone: string): number {
  const instant = /(Z|[+-]\d\d:\d\d)$/.test(when)
    ? Temporal.Instant.from(when)
    : Temporal.PlainDateTime.from(when).toZonedDateTime(zone).toInstant()
  return instant.epochMilliseconds / 1000
}

/** What the events of a case make of a duty and its mechanism. Leaf 0 is the agreement on the rules, leaf n the nth event. */
function sceneOf(table: Table, one: Case) {
  const base = one.calendars ? { calendars: one.calendars } : {}
  const own = rulesOf(1, table.rules, one.rules ?? {}, base)
  if (one.withoutCeiling) delete own.review
  const times = one.events.map(([when]) => secondsOf(when, own.zone))
  times.unshift(times[0] ?? 0)

  const restart = own.clarification?.effect === 'restart'
  const versions: { version: number; rules: Rules; inForceSince?: number }[] = [
    { version: 1, rules: own, inForceSince: 0 },
  ]
  const suspensions: { statement: string; by: string; since: number; until?: number }[] = []
  const absences: typeof suspensions = []
  const pauses: { since: number; until?: number; restarts?: true }[] = []
  const extensions: { n: number; askedAt: number; grantedAt: number }[] = []
  let asked: { n: number; askedAt: number } | undefined
  let duty: Partial<{ -readonly [K in keyof Duty]: Duty[K] }> = {}

  one.events.forEach(([, what], i) => {
    const leaf = i + 1
    const [verb = '', whom = ''] = what.split(' ')
    const standing = (all: typeof suspensions) => all.find((it) => it.by === idOf(whom) && it.until === undefined)
    const begin = (all: typeof suspensions) => all.push({ statement: `s${leaf}`, by: idOf(whom), since: leaf })
    const end = (found: { until?: number } | undefined) => {
      if (!found) throw new Error(`nothing for "${what}" to end`)
      found.until = leaf
    }
    const discharge = (how: 'met' | 'ended') => {
      duty = { ...duty, dischargedAt: leaf, dischargedBy: `s${leaf}`, how }
      const waiting = pauses.find(({ until }) => until === undefined)
      if (waiting && how === 'met') waiting.until = leaf
    }
    const acts: Readonly<Record<string, () => void>> = {
      'opened-before': () => {
        duty.countsFrom = leaf
      },
      opens: () => {
        duty = { ...duty, openedAt: leaf, openedBy: `s${leaf}` }
      },
      'asks-clarification': () => void pauses.push({ since: leaf }),
      clarifies: () => {
        const pause = pauses.at(-1)
        end(pause)
        if (pause && restart) pause.restarts = true
      },
      'replies-interim': () => end(pauses.at(-1)),
      'asks-extension': () => {
        asked = { n: Number(whom), askedAt: leaf }
      },
      'grants-extension': () => {
        if (!asked) throw new Error('no extension was asked for')
        extensions.push({ ...asked, grantedAt: leaf })
      },
      suspends: () => void begin(suspensions),
      resumes: () => end(standing(suspensions)),
      leaves: () => void begin(absences),
      rejoins: () => end(standing(absences)),
      agrees: () => {
        const version = Number(whom)
        const patches = [table.rules, one.rules ?? {}, base, one.later?.[version - 2] ?? {}]
        versions.push({ version, rules: rulesOf(version, ...patches), inForceSince: leaf })
      },
      discharges: () => discharge('met'),
      ends: () => discharge('ended'),
    }
    const act = acts[verb]
    if (!act) throw new Error(`no event is called "${verb}"`)
    act()
  })

  const owner = one.owner ?? 'A'
  if (duty.openedAt === undefined || duty.openedBy === undefined) throw new Error('the duty is never opened')
  const made: Duty = {
    ...duty,
    openedAt: duty.openedAt,
    openedBy: duty.openedBy,
    owner: idOf(owner),
    towards: idOf(owner === 'A' ? 'B' : 'A'),
    kind: one.kind ?? 'reply',
    about: 'request',
    pauses,
    extensions,
    ...(one.withoutRules ? {} : { rulesVersion: 1 }),
    ...(one.stated === undefined ? {} : { reviewDate: one.stated }),
  }
  const mechanism: MechanismInTime = { rules: versions, suspensions, absences }
  const timeOf = (leaf: number) => times[leaf] ?? Number.NaN
  const dates = times.map((time) =>
    Temporal.Instant.fromEpochMilliseconds(time * 1000)
      .toZonedDateTimeISO(own.zone)
      .toPlainDate()
      .toString(),
  )
  return { duty: made, mechanism, timeOf, dates }
}

/** A step in short: its code, its days and whose they are. */
function inShort({ step, from, to, because }: Step): string {
  const days = from === undefined ? [] : [from === to ? from : `${from}/${to ?? '..'}`]
  const parties = because.parties?.map(letterOf) ?? []
  return [step, ...days, ...parties, ...(step === 'later-calendar' ? [because.year] : [])].join(' ')
}

describe.each(
  readdirSync(new URL('cases/', here))
    .toSorted()
    .map((file) => ({ file, ...read<Table>(`cases/${file}`) })),
)('$title ($file)', (table) => {
  it.each(table.cases)('$case', (one) => {
    const { duty, mechanism, timeOf, dates } = sceneOf(table, one)
    const seen = Object.keys(one.expect).map((on) => {
      const atLeaf = dates.findLastIndex((date) => date <= on)
      const { state, noDate, daysLeft, daysBeyond } = clockOf(duty, mechanism, timeOf, { atLeaf, on })
      const told = state === 'no-date' ? noDate : (daysLeft ?? daysBeyond)
      return [on, told === undefined ? state : `${state} ${told}`]
    })
    expect(Object.fromEntries(seen)).toEqual(one.expect)

    const last = clockOf(duty, mechanism, timeOf, { atLeaf: dates.length - 1 })
    expect(last.due ?? 'none').toBe(one.due)
    // The length and the date are told by the rules and by `due`; the tables tell what lies between.
    const told = last.steps.filter(({ step }) => step !== 'period' && step !== 'due')
    if (one.steps) expect(told.map(inShort)).toEqual(one.steps)
    for (const step of last.steps) {
      expect(stepCodes).toContain(step.step)
      expect(describeStep(step, { nameOf: letterOf })).not.toMatch(/undefined|NaN|Infinity/)
    }
  })
})

describe('the guide to the tables', () => {
  const guide = readFileSync(new URL('README.md', here), 'utf8')
  const [, index = ''] = guide.split('## Where to find what')
  const sections = index.split('### ').slice(1)
  const named = (section: string) =>
    [...section.matchAll(/^- `(.+)`: (.+)$/gm)].flatMap(([, file, cases = '']) =>
      cases.split(' · ').map((one) => ({ file, case: one })),
    )

  it('says where to find each thing that the tables must show', () => {
    expect(sections.map((section) => section.split('\n')[0])).toEqual([
      'Holidays of both sides',
      'Month ends',
      'Leap days',
      'Zones across midnight',
      'Pauses inside suspensions',
      'An extension on the last day',
      'A rule change in between',
    ])
    for (const section of sections) expect(named(section).length).toBeGreaterThanOrEqual(5)
  })

  it('names cases that there are', () => {
    const there = readdirSync(new URL('cases/', here)).flatMap((file) =>
      read<Table>(`cases/${file}`).cases.map((one) => `${file}: ${one.case}`),
    )
    expect(new Set(there).size, 'no two cases of a table have one name').toBe(there.length)
    const told = sections.flatMap(named).map(({ file, case: name }) => `${file}: ${name}`)
    expect(told.filter((name) => !there.includes(name))).toEqual([])
  })
})

it('docs/clocks.md tells every state, every reason and every step', () => {
  const guide = readFileSync(new URL('../../docs/clocks.md', here), 'utf8')
  for (const code of [...clockStates, ...noDateReasons, ...stepCodes]) expect(guide).toContain(`\`${code}\``)
})
