import { chmod, mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { partyId, thingId } from '@tidings/statement'
import { z } from 'zod'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'

const configuration = z.strictObject({
  format: z.literal('tidings/home/v1'),
  /** Address of the service. */
  service: z.url(),
  party: partyId,
  /** The log's verifier key, pinned when the party was created. */
  vkey: z.string().min(1),
  /** Name of the key under which this home speaks and reads, unless told by --as. */
  key: z.string().min(1),
  /** The mechanism that is meant when none is named. */
  mechanism: thingId.exactOptional(),
})

/** What a home knows of its party. */
export type Configuration = z.infer<typeof configuration>

/** Where a party's command line keeps its keys and its ledger. */
export interface Home {
  readonly folder: string
  /** The party's own record of what it has stated. */
  readonly ledgerFile: string
  /** Path of a key's file. */
  keyFile(name: string): string
  /** Names of the keys that are here. */
  keys(): Promise<string[]>
  /** @throws {CommandError} there is no party in this home */
  configuration(): Promise<Configuration>
  hasConfiguration(): Promise<boolean>
  configure(configuration: Configuration): Promise<void>
  /** Keeps what proves a split view; returns the folder. */
  keepEvidence(checkpoints: readonly string[]): Promise<string>
}

/** The home that is meant: `--home`, else `TIDINGS_HOME`, else `$XDG_DATA_HOME/tidings`. */
export function homeFolder(option: string | undefined, env: NodeJS.ProcessEnv): string {
  const data = env.XDG_DATA_HOME || join(homedir(), '.local', 'share')
  return resolve(option ?? env.TIDINGS_HOME ?? join(data, 'tidings'))
}

/** Opens a home; nothing is made before something is written. */
export function openHome(folder: string): Home {
  const file = (name: string) => join(folder, name)
  const read = (name: string) =>
    readFile(file(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw new CommandError(`${file(name)} cannot be read: ${error.message}.`, exitCodes.error, { cause: error })
    })
  const makeFolder = async (path: string) => {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await chmod(path, 0o700)
  }
  return {
    folder,
    ledgerFile: file('ledger.db'),
    keyFile: (name) => join(folder, 'keys', `${name}.pem`),
    async keys() {
      const names = await readdir(file('keys')).catch(() => [])
      return names
        .filter((name) => name.endsWith('.pem'))
        .map((name) => name.slice(0, -4))
        .sort()
    },
    async configuration() {
      const text = await read('config.json')
      if (text === undefined) {
        throw new CommandError(
          `There is no party in ${folder}. Create one with "tidings party create --service URL", or name another home with --home.`,
          exitCodes.key,
        )
      }
      try {
        return configuration.parse(JSON.parse(text))
      } catch (cause) {
        throw new CommandError(`${file('config.json')} is damaged or of another version.`, exitCodes.error, { cause })
      }
    },
    hasConfiguration: async () => (await read('config.json')) !== undefined,
    async configure(value) {
      await makeFolder(folder)
      await replaceFile(file('config.json'), `${JSON.stringify(value, null, 2)}\n`)
    },
    async keepEvidence(checkpoints) {
      const kept = join(folder, `split-view-${new Date().toISOString().replace(/[:.]/g, '-')}`)
      await makeFolder(kept)
      for (const [i, text] of checkpoints.entries()) await replaceFile(join(kept, `checkpoint-${i + 1}`), text)
      return kept
    },
  }
}

/** Writes a file as a whole or not at all, for its owner only. */
async function replaceFile(path: string, text: string): Promise<void> {
  const handle = await open(`${path}.new`, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.new`, path)
}
