import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { CommandError } from './command-error.ts'

/** What is told while something is done with a data folder. */
export type Told =
  | { readonly step: { readonly step: string; readonly done: number; readonly total: number } }
  | { readonly finding: Finding }
  | { readonly done: unknown }
  | { readonly failed: { readonly message: string; readonly code?: string } }

/** One finding of the doctor. */
export interface Finding {
  readonly check: string
  /** `unknown`: it cannot be told here, which is neither good nor bad. */
  readonly state: 'ok' | 'unknown' | 'attention' | 'fault'
  readonly says: string
  readonly todo?: string
}

/** Something that could not be done with a data folder; `code` is stable. */
class OperatorError extends Error {
  override name = 'OperatorError'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Does something with a data folder, in a process of its own: the service knows what lies in it, this package does not.
 *
 * @throws {OperatorError} as the process has told
 */
export async function* operate(
  act: 'backup' | 'restore' | 'rebuild' | 'doctor',
  options: Readonly<Record<string, string | undefined>>,
  stop: AbortSignal,
): AsyncGenerator<Told> {
  const file = fileURLToPath(new URL('../../../services/standalone/src/operate.ts', import.meta.url))
  if (!existsSync(file))
    throw new CommandError('This copy of Tidings has no service beside its command line: run this in a full copy.')
  const args = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))
  const child: ChildProcess = spawn(process.execPath, [file, '--act', act, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const end = () => child.kill('SIGTERM')
  stop.addEventListener('abort', end, { once: true })
  const ended = once(child, 'exit') as Promise<[number | null]>
  let last: Told | undefined
  try {
    for await (const line of createInterface({ input: child.stdout as Readable })) {
      last = JSON.parse(line) as Told
      if ('failed' in last) throw new OperatorError(last.failed.code ?? 'operate/failed', last.failed.message)
      yield last
    }
    const [code] = await ended
    if (last === undefined || !('done' in last))
      throw new OperatorError(
        'operate/ended',
        `it ended before it was done (${code ?? 'by a signal'}); ${act === 'rebuild' ? 'run it again' : 'what it had begun may be deleted'}`,
      )
  } finally {
    stop.removeEventListener('abort', end)
    if (child.exitCode === null) end()
  }
}
