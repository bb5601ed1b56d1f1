import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const server = new URL('../../services/standalone/src/server.ts', import.meta.url).pathname

/** A service in a process of its own, so that it can be killed. */
export interface ChildService {
  readonly url: string
  readonly process: ChildProcess
  /** What it has printed so far. */
  output(): string
  /** Ends it at once, without a chance to tidy up. */
  kill(): Promise<void>
  /** Asks it to stop, and waits until it has; returns its exit code. */
  stop(): Promise<number | null>
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

/** Starts a service without the demonstration; does not wait until it is ready. */
export function spawnService(data: string, port: number, ...args: string[]): ChildService {
  return spawnServer(['--port', String(port), '--data', data, '--empty', '--log-level', 'error', ...args])
}

/**
 * Starts the service's process with these arguments.
 *
 * @param env added to this process's own
 * @param within what starts it, such as a program that enters another namespace first
 */
export function spawnServer(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  within: readonly string[] = [],
): ChildService {
  const port = args[args.indexOf('--port') + 1]
  const [program = '', ...rest] = [...within, process.execPath, server, ...args]
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { ...process.env, ...env } })
  let printed = ''
  const keep = (chunk: Buffer) => {
    printed += chunk.toString()
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    }
  }
  return {
    url: `http://127.0.0.1:${port}`,
    process: child,
    output: () => printed,
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM')
      return child.exitCode
    },
  }
}

/** Waits until a service is ready, for half a minute unless told; fails with what it has printed if it stops before. */
export async function ready(service: ChildService, patienceMs = 30_000): Promise<void> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await pause(25)) {
    if (service.process.exitCode !== null) throw new Error(`the service stopped: ${service.output()}`)
    const answer = await fetch(`${service.url}/health/ready`, { signal: AbortSignal.timeout(1000) }).catch(
      () => undefined,
    )
    if (answer?.status === 200) return
  }
  throw new Error(`the service is not ready after ${patienceMs / 1000} s: ${service.output()}`)
}
