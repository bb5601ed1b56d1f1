import {
  type Connection,
  connect,
  type MechanismView,
  type Receipt,
  ServiceError,
  submissionOf,
  type Unsigned,
} from '@tidings/client'
import { type Ledger, openLedger } from '@tidings/client/ledger'
import { thumbprint } from '@tidings/statement'
import { parseVkey } from '@tidings/transparency'
import { CommandError } from './command-error.ts'
import type { Configuration, Home } from './home.ts'
import { openKey } from './keys.ts'
import { checkMechanism } from './option-values.ts'
import type { Output } from './output.ts'
import type { PassphraseSource } from './passphrase.ts'
import { tellWaits } from './waits.ts'

/** A receipt, and whether the statement is a draft that waits for its release. */
export interface Stated extends Receipt {
  readonly held: boolean
}

/** A party's connection to its service, with what its home knows. */
export interface Session extends AsyncDisposable {
  readonly home: Home
  readonly configuration: Configuration
  readonly connection: Connection
  /** The party's own record of what it has stated. */
  readonly ledger: Ledger
  /** The party of this home. */
  readonly party: string
  /** Signs a statement, keeps it in the ledger, sends it and keeps its receipt. */
  state(unsigned: Unsigned): Promise<Stated>
  /** Whether this session speaks under a `draft` key: whatever it states is held until it is released. */
  isDrafting(): Promise<boolean>
  /** A mechanism by its id, or the one that is meant when none is named. */
  mechanism(id?: string): Promise<MechanismView>
}

/** How to open a session. */
export interface SessionOptions {
  readonly home: Home
  /** Where it is told that something has to wait. */
  readonly output: Output
  readonly passphrase: PassphraseSource
  /** Name of the key to act under. */
  readonly as?: string
  /** In place of what the home's file says, while a party is being created. */
  readonly configuration?: Configuration
}

/** Opens a party's connection to its service under the pinned log key, from the checkpoint that was last seen. */
export async function openSession({ home, output, passphrase, as, ...options }: SessionOptions): Promise<Session> {
  const configuration = options.configuration ?? (await home.configuration())
  const signer = await openKey(home, as ?? configuration.key, passphrase)
  await using opened = new AsyncDisposableStack()
  const ledger = opened.use(openLedger(home.ledgerFile))
  const lastSeen = ledger.seen(parseVkey(configuration.vkey).name)
  const connection = await connect({
    url: configuration.service,
    party: configuration.party,
    signer,
    vkey: configuration.vkey,
    ...(lastSeen !== undefined && { lastSeen }),
    onCheckpoint: ledger.keepSeen,
    onWait: tellWaits(output),
  })
  opened.use(connection)
  const resources = opened.move()
  const mechanisms = new Map<string, Promise<MechanismView>>()
  let drafting: Promise<boolean> | undefined
  /** Keys named by nobody are the party's own. */
  const isDrafting = () => {
    drafting ??=
      as === undefined
        ? Promise.resolve(false)
        : connection.read
            .party(configuration.party)
            .then(({ keys }) => keys.some(({ kid, role }) => kid === thumbprint(signer.key) && role === 'draft'))
    return drafting
  }
  return {
    home,
    configuration,
    connection,
    isDrafting,
    ledger,
    party: configuration.party,
    mechanism(id = configuration.mechanism) {
      if (id === undefined) {
        throw new CommandError(
          'No mechanism is named, and this home has none yet. Name one with --mechanism ID, or accept one with "tidings mechanism accept ID".',
        )
      }
      checkMechanism(id)
      const known = mechanisms.get(id) ?? connection.read.mechanism(id)
      mechanisms.set(id, known)
      return known
    },
    async state(unsigned) {
      const prepared = await connection.prepare(unsigned)
      const { id } = prepared.statement
      const single = ledger.batch('single statements')
      single.add([{ key: id, id, submission: submissionOf(prepared) }])
      try {
        const receipt = await connection.submit(prepared)
        single.recorded([{ key: id, receipt }])
        return { ...receipt, held: await isDrafting() }
      } catch (error) {
        if (error instanceof ServiceError && error.problem.status < 500) {
          single.refused([{ key: id, problem: error.problem.type }])
        }
        throw error
      }
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
