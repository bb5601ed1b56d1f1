import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'

/** Where passphrases come from: a file, or a person at a terminal. Never flags or the environment. */
export interface PassphraseSource {
  readonly file?: string
  /** The option that gives the file; `--passphrase-file` unless told. */
  readonly option?: string
  /** A passphrase that was asked for just before. */
  readonly known?: string
  /** Whether a person may be asked. */
  readonly input: boolean
}

/** Shortest passphrase that is taken for a new key. */
const shortest = 12

/** The passphrase of a key that is there. */
export async function askPassphrase(source: PassphraseSource, key: string): Promise<string> {
  if (source.known !== undefined) return source.known
  if (source.file !== undefined) return await readPassphraseFile(source.file)
  return await askHidden(source, `Passphrase of the key ${key}: `)
}

/** The passphrase for new keys: a person types it twice. */
export async function choosePassphrase(source: PassphraseSource, what: string): Promise<string> {
  if (source.file !== undefined) return checked(await readPassphraseFile(source.file))
  const first = checked(await askHidden(source, `Choose a passphrase for ${what}, at least ${shortest} characters: `))
  const again = await askHidden(source, 'Once more: ')
  if (first !== again)
    throw new CommandError('The two passphrases differ. Nothing was made; start again.', exitCodes.key)
  return first
}

function checked(passphrase: string): string {
  if (passphrase.length >= shortest) return passphrase
  throw new CommandError(
    `The passphrase is shorter than ${shortest} characters: whoever gets the key file could guess it.`,
    exitCodes.key,
  )
}

async function readPassphraseFile(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new CommandError(`The passphrase file ${file} cannot be read: ${cause.message}.`, exitCodes.key, { cause })
  })
  const [line = ''] = text.split(/\r?\n/)
  if (line === '')
    throw new CommandError(`The passphrase file ${file} is empty: its first line is the passphrase.`, exitCodes.key)
  return line
}

async function askHidden({ input, option = '--passphrase-file' }: PassphraseSource, question: string): Promise<string> {
  if (!input || !process.stdin.isTTY) {
    throw new CommandError(
      `A passphrase is needed and nobody can be asked. Give a file with ${option} FILE.`,
      exitCodes.key,
    )
  }
  process.stderr.write(question)
  // What is typed is shown nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const prompt = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  try {
    const answer = prompt.question('')
    return await new Promise<string>((resolve, reject) => {
      prompt.once('SIGINT', () => reject(new CommandError('Cancelled.', exitCodes.cancelled)))
      answer.then(resolve, reject)
    })
  } finally {
    prompt.close()
    process.stderr.write('\n')
  }
}
