import { connect, discoverVkey, parties, type Receipt, ServiceError } from '@tidings/client'
import { generateKeyPair } from '@tidings/client/key-file'
import { openLedger } from '@tidings/client/ledger'
import { thumbprint } from '@tidings/statement'
import { parseVkey } from '@tidings/transparency'
import { type CommonOptions, type Context, collect, defineCommand, examples } from '../command.ts'
import { CommandError, usageError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { keepKey, openKey } from '../keys.ts'
import { textsByLanguage } from '../languages.ts'
import { askPassphrase, choosePassphrase } from '../passphrase.ts'
import { tellRecorded } from '../told.ts'
import { tellWaits } from '../waits.ts'

interface Options extends CommonOptions {
  readonly service: string
  readonly vkey?: string
  readonly name?: readonly string[]
}

export const partyCreate = defineCommand<Options>({
  declare(command) {
    command
      .requiredOption('--service <url>', 'address of the service')
      .option('--vkey <key>', "the log's verifier key, if you have it from elsewhere: another one is then refused")
      .option('--name <text>', "the party's name, in other languages as hy=… (may be repeated)", collect)
    examples(
      command,
      'tidings party create --service http://127.0.0.1:7300 --name "Commission of A"',
      'tidings party create --home ./b --service http://127.0.0.1:7300 --passphrase-file ./b.passphrase',
    )
  },

  async run(context, _, { service, vkey: expected, name }) {
    const { home, output } = context
    if (await home.hasConfiguration()) {
      throw new CommandError(
        `There is a party in ${home.folder} already. Name another home with --home.`,
        exitCodes.conflict,
      )
    }
    if (!URL.canParse(service)) throw usageError('--service must be an address, such as http://127.0.0.1:7300.')
    const names = name && textsByLanguage(name)
    const onWait = tellWaits(output)
    const vkey = await discoverVkey(service, { onWait })
    if (expected !== undefined && expected !== vkey) {
      throw new CommandError(
        `The log at ${service} has another key than the one you gave. Nothing was made. Ask the operator and the other parties which is right.`,
        exitCodes.verificationFailed,
      )
    }
    const { signer, inception } = await ownKeys(context)
    const party = inception.about
    using ledger = openLedger(home.ledgerFile)
    await using connection = await connect({
      url: service,
      party,
      signer,
      vkey,
      onWait,
      onCheckpoint: ledger.keepSeen,
    })
    const receipt: Receipt | undefined = await connection.state(inception).catch((error: unknown) => {
      // An earlier attempt has come through, though its answer was lost.
      if (error instanceof ServiceError && error.problemName === 'already-founded') return undefined
      throw error
    })
    if (names) await connection.state(parties.describe(party, { name: names }))
    await home.configure({ format: 'tidings/home/v1', service, party, vkey, key: 'sign' })
    if (receipt) tellRecorded(output, 'The party is recorded.', receipt, { party, home: home.folder })
    else output.result({ party, home: home.folder }, () => `The party was recorded already: ${party}`)
    output.message(
      `\nThe log's key is pinned:\n  ${vkey}\nCompare it with what the other parties of ${parseVkey(vkey).name} have.`,
    )
    output.message(
      `\nThe keys are in ${home.folder}/keys, encrypted. Move recover.pem and next-recover.pem to a safe place offline: they are needed only if others are lost.`,
    )
    output.next(
      'tidings party delegate --role draft --label officer-1',
      `tidings mechanism propose --title "…" --participant ${party}:commission:A --participant PARTY:commission:B`,
    )
  },
})

const keyNames = ['sign', 'recover', 'next-recover'] as const

/** The party's own keys: made now, or left by an attempt that did not come through. The party follows from them. */
async function ownKeys({ home, passphrase, output }: Context) {
  const there = await home.keys()
  const isLeft = keyNames.every((name) => there.includes(name))
  if (isLeft) output.message(`Going on with the keys in ${home.folder}.`)
  const phrase = isLeft
    ? await askPassphrase(passphrase, 'sign')
    : await choosePassphrase(passphrase, "the party's keys")
  if (!isLeft) {
    for (const name of keyNames) await keepKey(home, name, (await generateKeyPair('Ed25519')).privateKey, phrase)
  }
  // Read again from the files, so that whatever is stated rests on what is kept.
  const open = (name: string) => openKey(home, name, { input: false, known: phrase })
  const [signer, recover, next] = [await open('sign'), await open('recover'), await open('next-recover')]
  const inception = parties.begin({ sign: [signer.key], recover: [recover.key], nextRecover: thumbprint(next.key) })
  return { signer, inception }
}
