import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SubmitOutcome } from '@tidings/client'
import type { Cast, Round, Told } from './act.ts'
import { daysBefore } from './days.ts'
import { type Example, exampleOf } from './example.ts'
import type { InventedClock } from './invented-clock.ts'
import { openPlayer, type Player } from './player.ts'
import { storyOf } from './story.ts'
import { fullSize, type Size, worldOf } from './world.ts'

/** What a demonstration is told by and where its parties live. */
export interface Telling {
  /** Address of the service. */
  readonly url: string
  /** Homes of the parties. */
  readonly folder: string
  /** The folder of the service's log. */
  readonly log: string
  readonly firstStart: Date
  /** The clock by which the log signs: it is moved through the days told. */
  readonly clock: InventedClock
  readonly size?: Size
  readonly onProgress?: (progress: Progress) => void
}

/** How far a demonstration has come. */
export interface Progress {
  readonly statements: number
  /** `YYYY-MM-DD`. */
  readonly day: string
}

/** The passphrase that opens the invented parties' keys: no secret, it stands in a file beside them. */
export const passphrase = 'demonstration only'

const names = { A: 'Commission of Party A', B: 'Commission of Party B', M: 'Mediator' } as const
const homes = { A: 'a', B: 'b', M: 'mediator' } as const

/** A file that stands beside the homes once everything is told: what may be looked at first. */
export const completeFile = (folder: string) => join(folder, 'complete')

/**
 * States a demonstration through the service itself, as its parties would: two invented commissions and a mediator, over the days before the first start. Both
 * sides do the same. Begun again after an interruption, it goes on where it was.
 */
export async function seedDemonstration(telling: Telling): Promise<Example> {
  const { folder, clock } = telling
  const days = daysBefore(telling.firstStart)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'passphrase'), `${passphrase}\n`, { mode: 0o600 })
  let statements = 0
  let leaf = -1
  const ids = new Map<string, string>()
  const stage = {
    url: telling.url,
    log: telling.log,
    passphrase,
    now: clock.now,
    onOutcome: (outcome: SubmitOutcome) => {
      if (outcome.outcome === 'refused') return
      const stated = outcome.outcome === 'recorded' ? outcome.receipt : outcome
      leaf = Math.max(leaf, stated.leaf)
      ids.set(outcome.key, stated.id)
      const day = new Date(clock.now()).toISOString().slice(0, 10)
      telling.onProgress?.({ statements: ++statements, day })
    },
  }
  const play = (voice: keyof typeof homes) => openPlayer(voice, join(folder, homes[voice]), stage)
  await using opened = new AsyncDisposableStack()
  const [a, b, m] = await Promise.all((['A', 'B', 'M'] as const).map(async (voice) => opened.use(await play(voice))))
  if (!a || !b || !m) throw new TypeError('internal error: a party is missing')
  const players = [a, b, m]
  const told: Told = {
    id: (key) => found(key, ids.get(key)),
    statement: (key) =>
      found(
        key,
        players.map((player) => player.stated(key)).find((one) => one !== undefined),
      ),
  }
  clock.set(days.at(0, 0))
  await Promise.all(players.map((player) => player.begin(names[player.voice])))
  const cast: Cast = { A: a.id, B: b.id, M: m.id }
  const world = worldOf(cast, days, telling.size ?? fullSize)
  for (const round of storyOf(world)) await tell(round, players, told, clock)
  for (const player of players) await player.settle(world.mechanism)
  const example = await exampleOf(world, (id) => a.request(id, leaf))
  await writeFile(completeFile(folder), `${JSON.stringify(example)}\n`)
  return example
}

function found<T>(key: string, stated: T | undefined): T {
  if (stated === undefined) throw new TypeError(`internal error: ${key} was not stated before`)
  return stated
}

async function tell(round: Round, players: readonly Player[], told: Told, clock: InventedClock): Promise<void> {
  clock.set(round.at)
  const inOrder = round.inOrder ?? false
  await Promise.all(
    players.map((player) =>
      player.state(
        round.acts.filter(({ by }) => by === player.voice),
        told,
        inOrder,
      ),
    ),
  )
}
