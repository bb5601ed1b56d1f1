import { fork } from 'node:child_process'
import { once } from 'node:events'

/** An attack that runs in a process of its own, so that it does not slow down who measures. */
export interface Attack<Result> {
  /** Ends it, and returns what it has seen. */
  stop(): Promise<Result>
  /** What it has seen, once it has ended by itself. */
  readonly ended: Promise<Result>
}

/** Begins an attack: a file of `../attacks` with its arguments. Resolves when it is under way. */
export async function attack<Result>(name: string, args: unknown): Promise<Attack<Result>> {
  const file = new URL(`../attacks/${name}.ts`, import.meta.url).pathname
  const child = fork(file, [JSON.stringify(args)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ended = new Promise<Result>((settle, fail) => {
    child.on('message', (message: { readonly result?: Result }) => {
      if (message.result !== undefined) settle(message.result)
    })
    child.on('exit', (code) => fail(new Error(`the attack ${name} ended with ${code}`)))
  })
  // Whoever stops it hears of its failure.
  ended.catch(() => {})
  await Promise.race([once(child, 'message'), ended])
  return {
    ended,
    async stop() {
      if (child.connected) child.send('stop')
      return await ended
    },
  }
}

/** Runs an attack, in its own process: `run` calls `underWay` when it has begun, and ends when `stop` does. */
export async function runAttack<Args, Result>(
  run: (args: Args, underWay: () => void, stop: AbortSignal) => Promise<Result>,
): Promise<void> {
  const stop = new AbortController()
  process.on('message', () => stop.abort())
  process.on('disconnect', () => process.exit(1))
  const args = JSON.parse(process.argv[2] ?? '') as Args
  const result = await run(args, () => process.send?.({ underWay: true }), stop.signal)
  process.send?.({ result }, () => process.exit(0))
}
