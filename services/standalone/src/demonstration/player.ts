import { type Home, keepKey, openHome, openKey } from '@tidings/cli'
import {
  type Connection,
  connect,
  discoverVkey,
  type Planned,
  parties,
  type RequestDetail,
  type SubmitOutcome,
  submitMany,
} from '@tidings/client'
import { generateKeyPair } from '@tidings/client/key-file'
import { openLedger } from '@tidings/client/ledger'
import { readStatement, type Signer, type Statement, thumbprint, webCryptoSigner } from '@tidings/statement'
import { parseVkey } from '@tidings/transparency'
import { openLogFolder } from '@tidings/transparency/files'
import type { Act, Told, Voice } from './act.ts'

/** How parties of a demonstration reach the service, and by which clock they speak. */
export interface Stage {
  readonly url: string
  /** The folder of its log: read from there, the many small readings use up nobody's allowance. What is read is verified all the same. */
  readonly log: string
  readonly passphrase: string
  readonly now: () => number
  readonly onOutcome: (outcome: SubmitOutcome) => void
}

/** A party of a demonstration, at its home. */
export interface Player extends AsyncDisposable {
  readonly voice: Voice
  readonly id: string
  /** Begins, says its name, and lets an officer draft. */
  begin(name: string): Promise<void>
  /** States each of these once, however often it is asked. */
  state(acts: readonly Act[], told: Told, inOrder: boolean): Promise<void>
  /** What it has stated under a key, if it has. */
  stated(key: string): Statement | undefined
  /** A request of its own, as the desk shows it once it knows a leaf. */
  request(id: string, after: number): Promise<RequestDetail>
  /** Writes what its command line goes by. */
  settle(mechanism: string): Promise<void>
}

const officer = 'officer-1'

/** Opens the home of a party, making its keys where there are none. */
export async function openPlayer(voice: Voice, folder: string, stage: Stage): Promise<Player> {
  const { url, passphrase, now, onOutcome } = stage
  const home = openHome(folder)
  const [sign, recover, next, drafting] = await Promise.all([
    keyOf(home, 'sign', passphrase),
    keyOf(home, 'recover', passphrase),
    keyOf(home, 'next-recover', passphrase),
    voice === 'M' ? undefined : keyOf(home, officer, passphrase),
  ])
  const inception = parties.begin({ sign: [sign.key], recover: [recover.key], nextRecover: thumbprint(next.key) })
  const id = inception.about
  const vkey = await discoverVkey(url)
  const configuration = { format: 'tidings/home/v1' as const, service: url, party: id, vkey, key: 'sign' }
  await home.configure(configuration)
  await using opened = new AsyncDisposableStack()
  const ledger = opened.use(openLedger(home.ledgerFile))
  const batch = ledger.batch('demonstration')
  const lastSeen = ledger.seen(parseVkey(vkey).name)
  const connected = async (signer: Signer): Promise<Connection> =>
    opened.use(
      await connect({
        url,
        party: id,
        signer,
        vkey,
        log: await openLogFolder({ folder: stage.log, vkey }),
        now,
        ...(lastSeen !== undefined && { lastSeen }),
        onCheckpoint: ledger.keepSeen,
      }),
    )
  const own = await connected(sign)
  const officers = drafting && (await connected(drafting))

  async function submit(connection: Connection, planned: readonly Planned[], inOrder: boolean): Promise<void> {
    if (planned.length === 0) return
    const { refused } = await submitMany(connection, planned, {
      ledger: batch,
      onOutcome,
      ...(inOrder && { inFlight: 1 }),
    })
    if (refused > 0) throw new Error('a statement of the demonstration was refused')
  }

  const resources = opened.move()
  return {
    voice,
    id,
    async begin(name) {
      const begun: Planned[] = [
        { key: 'inception', make: () => inception },
        { key: 'description', make: () => parties.describe(id, { name: { en: name } }) },
      ]
      if (drafting) {
        const delegation = parties.delegate(id, { jwk: drafting.key, role: 'draft', label: officer })
        begun.push({ key: 'delegation', make: () => delegation })
      }
      for (const one of begun) await submit(own, [one], true)
    },
    async state(acts, told, inOrder) {
      const planned = (drafted: boolean) =>
        acts
          .filter((act) => (act.drafted ?? false) === drafted)
          .map(({ key, make }): Planned => ({ key, make: () => make(told) }))
      await submit(own, planned(false), inOrder)
      if (officers) await submit(officers, planned(true), inOrder)
    },
    stated(key) {
      const kept = batch.find([key]).get(key)
      return kept && readStatement(kept.submission.statement)
    },
    request: (id, after) => own.read.request(id, { after }),
    settle: (mechanism) => home.configure({ ...configuration, mechanism }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** A key of a home; made if it is not there. Opening it costs as much as keeping it: a new one is not opened. */
async function keyOf(home: Home, name: string, passphrase: string): Promise<Signer> {
  if ((await home.keys()).includes(name)) return await openKey(home, name, { known: passphrase, input: false })
  const { key, privateKey } = await generateKeyPair('Ed25519')
  await keepKey(home, name, privateKey, passphrase)
  return webCryptoSigner(key, privateKey)
}
