import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DutyKind, dutyKinds } from './duty.ts'
import { dutiesOf } from './past.ts'
import { histories } from './spec/histories.ts'
import type { World } from './spec/world.ts'
import { draftOf, type RequestThing, type StreamState } from './state.ts'

/** The guide whose diagrams are drawn from what the fold does in generated histories. */
const guide = new URL('../../../docs/exchange.md', import.meta.url)

const lives = fc.sample(histories, { numRuns: 400, seed: 2031 })

/** Requests before and after each effective statement about them. */
function* steps(world: World): Generator<{ kind: string; before: RequestThing | undefined; after: RequestThing }> {
  for (const { placed, before, step } of world.happened) {
    const after = step.state.thing
    if (step.verdict.verdict !== 'effective' || !after || !('asker' in after) || after === before.thing) continue
    yield { kind: spokenKind(before, placed.payload), before: before.thing as RequestThing | undefined, after }
  }
}

/** A release speaks the draft. */
function spokenKind(before: StreamState, payload: { kind: string; re?: readonly string[] }): string {
  return payload.kind === 'statement.release'
    ? (draftOf(before, payload.re?.[0] ?? '')?.payload.kind ?? payload.kind)
    : payload.kind
}

const short = (kind: string) => kind.replace(/^(request|statement)\./, '')

/** The duties on which a question goes round; what is owed beside them (clarification, extension, referral) would only hide the way. */
const round: readonly DutyKind[] = ['reply', 'review', 'assess']

/** What is owed about a question, in words. */
function stateOf(request: RequestThing, question: string): string {
  const asked = request.questions.find((one) => one.question === question)
  if (asked?.closed) return 'closed'
  const owed = round.filter((kind) => request.owed.some((duty) => duty.question === question && duty.kind === kind))
  return owed.length === 0 ? 'nothing owed' : owed.join(' + ')
}

/** What statements do to a question, as edges of a diagram. */
function lifeOfAQuestion(): string {
  const edges = new Map<string, Set<string>>()
  for (const world of lives) {
    for (const { kind, before, after } of steps(world)) {
      for (const { question } of after.questions) {
        const from = before ? stateOf(before, question) : '[*]'
        const to = stateOf(after, question)
        if (from === to) continue
        const edge = `${from} → ${to}`
        edges.set(edge, (edges.get(edge) ?? new Set()).add(short(kind)))
      }
    }
  }
  const states = [...new Set([...edges.keys()].flatMap((edge) => edge.split(' → ')))]
    .filter((state) => state !== '[*]')
    .sort()
  const name = (state: string) => (state === '[*]' ? state : `s${states.indexOf(state)}`)
  return [
    'stateDiagram-v2',
    ...states.map(
      (state) => `  ${name(state)}: ${state === 'closed' || state === 'nothing owed' ? state : `${state} owed`}`,
    ),
    ...[...edges].sort().map(([edge, kinds]) => {
      const [from = '', to = ''] = edge.split(' → ')
      return `  ${name(from)} --> ${name(to)}: ${[...kinds].sort().join(', ')}`
    }),
  ].join('\n')
}

/** Which statements open each kind of duty, meet it, and end it. */
function lifeOfADuty(): string {
  const found = new Map<DutyKind, { opens: Set<string>; meets: Set<string>; ends: Set<string> }>(
    dutyKinds.map((kind) => [kind, { opens: new Set(), meets: new Set(), ends: new Set() }]),
  )
  for (const world of lives) {
    const kindOf = new Map(world.happened.map(({ placed, before }) => [placed.id, spokenKind(before, placed.payload)]))
    for (const { step } of world.happened) {
      const { thing } = step.state
      if (!thing || !('owed' in thing)) continue
      for (const { kind, openedBy, dischargedBy, how } of dutiesOf(thing)) {
        const life = found.get(kind)
        life?.opens.add(kindOf.get(openedBy) ?? openedBy)
        if (dischargedBy !== undefined)
          (how === 'ended' ? life?.ends : life?.meets)?.add(kindOf.get(dischargedBy) ?? dischargedBy)
      }
    }
  }
  const list = (kinds: ReadonlySet<string>) =>
    [...kinds]
      .sort()
      .map((kind) => `\`${kind}\``)
      .join(' ') || '-'
  return [
    '| duty | opened by | met by | ended by |',
    '| --- | --- | --- | --- |',
    ...[...found].map(
      ([kind, { opens, meets, ends }]) => `| \`${kind}\` | ${list(opens)} | ${list(meets)} | ${list(ends)} |`,
    ),
  ].join('\n')
}

const parts = { 'life of a question': lifeOfAQuestion, 'life of a duty': lifeOfADuty }

describe('docs/exchange.md draws what the fold does', () => {
  it.each(Object.entries(parts))('%s (TIDINGS_UPDATE_DOCS=1 draws it anew)', async (name, draw) => {
    const text = existsSync(guide) ? await readFile(guide, 'utf8') : ''
    const [begin, end] = [`<!-- ${name}: drawn -->\n`, `\n<!-- ${name}: end -->`]
    const drawn = draw()
    const block = drawn.startsWith('stateDiagram') ? `\`\`\`mermaid\n${drawn}\n\`\`\`` : drawn
    const from = text.indexOf(begin) + begin.length
    const to = text.indexOf(end)
    expect(to, `docs/exchange.md has a place for the ${name}`).toBeGreaterThan(from - 1)
    if (process.env.TIDINGS_UPDATE_DOCS === '1') await writeFile(guide, text.slice(0, from) + block + text.slice(to))
    expect((await readFile(guide, 'utf8')).slice(from)).toMatch(new RegExp(`^${RegExp.escape(block)}`))
  })
})
