import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** Commands of the shim: see `shim.c`. */
export type Fault =
  | `write ${string} ${number}`
  | `sync ${string} ${number}`
  | `delay ${string} ${number}`
  | `clock ${number}`

/** Numbers of errors on Linux. */
export const errors = { EIO: 5, ENOSPC: 28 } as const

const commandBytes = 4096
const out = new URL('../.out/', import.meta.url).pathname

/** True if this machine can compile the shim: Linux with a C compiler. */
export const canFail = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0

/** Compiles the shim; returns the path of the library. */
export function compileShim(): string {
  mkdirSync(out, { recursive: true })
  const library = join(out, `faults-${process.pid}.so`)
  const source = new URL('shim.c', import.meta.url).pathname
  const compiled = spawnSync('gcc', ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', library, source, '-ldl'], {
    encoding: 'utf8',
  })
  if (compiled.status !== 0) throw new Error(`the shim does not compile: ${compiled.stderr}`)
  return library
}

/** The bytes of a command file: what is to happen from now on. */
export function commandsOf(faults: readonly Fault[]): Buffer {
  const bytes = Buffer.alloc(commandBytes)
  bytes.write(faults.map((fault) => `${fault}\n`).join(''))
  return bytes
}

/** The environment under which a program suffers what its command file says. */
export function sufferingFrom(library: string, commandFile: string): NodeJS.ProcessEnv {
  return { LD_PRELOAD: library, TIDINGS_FAULTS: commandFile }
}
