import { spawn } from 'node:child_process'

const tidings = new URL('../../packages/cli/bin/tidings.js', import.meta.url).pathname

/** What a command printed, and how it ended. */
export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
  /** The last line of its output as JSON, for commands run with --json. */
  json<T = Record<string, unknown>>(): T
}

/** Runs `tidings` as a person would, in a process of its own. */
export async function tidingsIn(home: string, passphraseFile: string, ...args: readonly string[]): Promise<Ran> {
  const options = ['--home', home, '--passphrase-file', passphraseFile, '--no-input', '--json']
  const child = spawn(process.execPath, [tidings, ...args, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, out, err, json: () => JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') }
}

/** Runs `tidings`; fails with what it printed unless it succeeded. */
export async function tidingsOk(home: string, passphraseFile: string, ...args: readonly string[]): Promise<Ran> {
  const ran = await tidingsIn(home, passphraseFile, ...args)
  if (ran.code !== 0) throw new Error(`tidings ${args.join(' ')} ended with ${ran.code}: ${ran.err}${ran.out}`)
  return ran
}
