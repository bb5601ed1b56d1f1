import { parties } from '@tidings/client'
import { generateKeyPair } from '@tidings/client/key-file'
import { delegatedKeyRoles, type SignatureKey, signatureKey, thumbprint } from '@tidings/statement'
import { Option } from 'commander'
import { type CommonOptions, type Context, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { keepKey } from '../keys.ts'
import { readNamed } from '../named-file.ts'
import { choosePassphrase } from '../passphrase.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly role: (typeof delegatedKeyRoles)[number]
  readonly label: string
  readonly publicKey?: string
  readonly officerPassphraseFile?: string
}

export const partyDelegate = defineCommand<Options>({
  declare(command) {
    command
      .addOption(
        new Option('--role <role>', 'draft: held until released; release: speaks and releases; read: only reads')
          .choices(delegatedKeyRoles)
          .makeOptionMandatory(),
      )
      .requiredOption('--label <label>', 'pseudonym: officer-7, head-1, secretary-2 or service-1. No names of persons')
      .option('--public-key <file>', 'public key (JWK) that the officer has made; without it a key is made here')
      .option('--officer-passphrase-file <file>', 'file with the passphrase for the key that is made here')
    examples(
      command,
      'tidings party delegate --role draft --label officer-7',
      'tidings party delegate --role release --label head-1 --public-key head-1.jwk',
    )
  },

  async run(context, _, options) {
    const { role, label } = options
    const session = await context.session()
    const jwk = options.publicKey === undefined ? await makeKey(context, options) : await readJwk(options.publicKey)
    const receipt = await session.state(parties.delegate(session.party, { jwk, role, label }))
    tellRecorded(context.output, `${label} may act for the party (${role}).`, receipt, { key: thumbprint(jwk) })
    if (options.publicKey === undefined) context.output.next(`tidings outstanding --as ${label}`)
  },
})

async function makeKey(
  { home, passphrase, output }: Context,
  { label, officerPassphraseFile: file }: Options,
): Promise<SignatureKey> {
  const { key, privateKey } = await generateKeyPair('Ed25519')
  const phrase = await choosePassphrase(
    { input: passphrase.input, option: '--officer-passphrase-file', ...(file !== undefined && { file }) },
    `the key of ${label}`,
  )
  const kept = await keepKey(home, label, privateKey, phrase)
  output.message(`The key of ${label} is in ${kept}.`)
  return key
}

async function readJwk(file: string): Promise<SignatureKey> {
  const text = await readNamed(file, '--public-key')
  try {
    return signatureKey.parse(JSON.parse(text))
  } catch {
    throw usageError(`${file} must hold a public key as a JWK with its required members only (Ed25519 or P-256).`)
  }
}
