import { parties, prepare, type Unsigned } from '@tidings/client'
import { generateKeyPair } from '@tidings/client/key-file'
import { type Clock, clockOf, createExchange, type DutyKind, inPlace, type Verdict } from '@tidings/exchange'
import {
  type Kind,
  type Question,
  type Signer,
  type Statement,
  sha256,
  textOf,
  thumbprint,
  toBase64url,
  webCryptoSigner,
} from '@tidings/statement'
import type { Cast, Side, Told, Voice } from './act.ts'
import { requestsOf } from './ask.ts'
import { daysBefore } from './days.ts'
import { storyOf } from './story.ts'
import { type Size, type World, worldOf } from './world.ts'

/** A statement of a demonstration, as whoever plays the parties would make it again. */
export interface Retold {
  readonly key: string
  readonly by: Voice
  readonly kind: Kind
  readonly about: string
  readonly at: number
  readonly body: string
  readonly contents: readonly string[]
}

/** A duty that is open in the end. */
export interface Owed {
  readonly owner: Voice
  readonly towards: Voice
  readonly kind: DutyKind
  readonly question?: Question
  readonly clock: Clock
}

/** A request as it stands in the end. */
export interface Standing {
  readonly side: Side
  /** As its life names it. */
  readonly state: string
  readonly open: readonly Question[]
  readonly owed: readonly Owed[]
}

/** A demonstration that was told to the fold alone: no service, no log. */
export interface ToldInMemory {
  readonly world: World
  readonly statements: readonly Retold[]
  readonly verdicts: readonly Verdict[]
  readonly requests: readonly Standing[]
}

const origin = 'tidings.example/in-memory'
const seen = { origin, size: 0, root: toBase64url(sha256(new Uint8Array())) }

async function newSigner(): Promise<Signer> {
  const { key, privateKey } = await generateKeyPair('Ed25519')
  return webCryptoSigner(key, privateKey)
}

/** Tells a demonstration with fresh keys, each statement signed and judged. */
export async function tellInMemory(firstStart: Date, size: Size): Promise<ToldInMemory> {
  const days = daysBefore(firstStart)
  const exchange = createExchange()
  const statements: Retold[] = []
  const verdicts: Verdict[] = []
  const times: number[] = []
  const made = new Map<string, Statement>()
  const players = await Promise.all(
    (['A', 'B', 'M'] as const).map(async (voice) => {
      const [sign, recover, next, officer] = await Promise.all([newSigner(), newSigner(), newSigner(), newSigner()])
      const inception = parties.begin({ sign: [sign.key], recover: [recover.key], nextRecover: thumbprint(next.key) })
      return { voice, id: inception.about, sign, officer, inception }
    }),
  )
  const voiceOf = (id: string): Voice => {
    const player = players.find((one) => one.id === id)
    if (!player) throw new Error('nobody plays this party')
    return player.voice
  }
  const named = (text: string) => players.reduce((told, { id, voice }) => told.replaceAll(id, voice), text)

  async function state(key: string, voice: Voice, unsigned: Unsigned, at: number, drafted = false): Promise<void> {
    const player = players.find((one) => one.voice === voice)
    if (!player) throw new Error('nobody plays this party')
    const signer = drafted ? player.officer : player.sign
    const { statement, document } = await prepare(unsigned, { party: player.id, signer, seen, now: () => at })
    const { kind, about, body } = statement.payload
    made.set(key, statement)
    times.push(at / 1000)
    verdicts.push(exchange.place(inPlace(verdicts.length, statement, document)).verdict)
    const contents = (unsigned.contents ?? []).map(({ data }) => (kind === 'list.publish' ? '' : textOf(data)))
    // Keys are made anew each time: what a party begins with is not compared.
    const says = kind.startsWith('party.') ? '' : named(JSON.stringify(body))
    statements.push({ key, by: voice, kind, about: named(about), at, body: says, contents })
  }

  for (const { voice, id, inception, officer } of players) {
    await state(`${voice} begins`, voice, inception, days.at(0, 0))
    const delegation = parties.delegate(id, { jwk: officer.key, role: 'draft', label: 'officer-1' })
    await state(`${voice} delegates`, voice, delegation, days.at(0, 0))
  }
  const [A = '', B = '', M = ''] = players.map(({ id }) => id)
  const cast: Cast = { A, B, M }
  const world = worldOf(cast, days, size)
  const told: Told = {
    id: (key) => told.statement(key).id,
    statement(key) {
      const statement = made.get(key)
      if (!statement) throw new Error(`${key} was not stated before`)
      return statement
    },
  }
  for (const { at, acts } of storyOf(world))
    for (const { key, by, make, drafted } of acts) await state(key, by, make(told), at, drafted)

  const mechanism = exchange.standing.mechanism(world.mechanism)
  const timeOf = (leaf: number) => times[leaf] ?? 0
  const asked = { atLeaf: verdicts.length - 1, on: days.date(120).toString() }
  return {
    world,
    statements,
    verdicts,
    requests: requestsOf(world).map(({ request: { id, side, life } }): Standing => {
      const thing = exchange.stateOf<'request'>(`request-${id}`).thing
      return {
        side,
        state: life.state,
        open: (thing?.questions ?? []).filter(({ closed }) => !closed).map(({ question }) => question),
        owed: (thing?.owed ?? []).map((duty): Owed => {
          if (!mechanism) throw new Error('there is no mechanism')
          const { kind, question } = duty
          const [owner, towards] = [voiceOf(duty.owner), voiceOf(duty.towards)]
          return { owner, towards, kind, ...(question && { question }), clock: clockOf(duty, mechanism, timeOf, asked) }
        }),
      }
    }),
  }
}
