import { TransparencyError, verifyCheckpoint } from '@tidings/transparency'
import type { Finding } from '../operator-process.ts'

const patience = 10_000
/** A proof of possession counts for a minute before and after. */
const proofSeconds = 60
/** So far ahead of the clock a checkpoint holds up what is new. */
const checkpointSeconds = 120

/** Looks at a running service from outside: whether it can be reached, is ready, keeps time with this machine, and shows the log that was pinned. */
export async function* examineService(url: string, vkey?: string): AsyncGenerator<Finding> {
  const base = url.replace(/\/+$/, '')
  const ask = (path: string) => fetch(`${base}${path}`, { signal: AbortSignal.timeout(patience) })
  let answered: Response
  try {
    answered = await ask('/health/live')
    if (!answered.ok) throw new Error(`it answers ${answered.status}`)
    yield { check: 'reachable', state: 'ok', says: `${base} answers` }
  } catch (error) {
    const { message, cause } = error as Error
    yield {
      check: 'reachable',
      state: 'fault',
      says: `${base} cannot be reached: ${cause instanceof Error ? cause.message : message}`,
      todo: 'Is the service running, is the address right, does a proxy or a firewall stand between?',
    }
    return
  }
  yield clockAgainst(answered)
  yield* readiness(await ask('/health/ready'))
  yield* logOf(await ask('/checkpoint'), await ask('/vkey'), vkey)
}

function clockAgainst(answer: Response): Finding {
  const says = Date.parse(answer.headers.get('date') ?? '')
  const check = 'clock'
  if (Number.isNaN(says))
    return {
      check,
      state: 'attention',
      says: 'the service tells no time',
      todo: 'Let the proxy hand on the Date header.',
    }
  // The header has whole seconds: what it says was so up to a second ago.
  const since = (Date.now() - says) / 1000
  const seconds = Math.ceil(Math.max(Math.abs(since), Math.abs(since - 1)))
  const apart = `this machine and the service are ${seconds} s apart`
  if (seconds > proofSeconds)
    return {
      check,
      state: 'fault',
      says: `${apart}: reading is refused`,
      todo: 'Set the clock that is wrong: proofs of a key count for a minute.',
    }
  if (seconds > proofSeconds / 4)
    return { check, state: 'attention', says: apart, todo: 'Set the clock that is wrong before reading is refused.' }
  return { check, state: 'ok', says: `this machine and the service are at most ${seconds} s apart` }
}

async function* readiness(answer: Response): AsyncGenerator<Finding> {
  const { waitsFor = {} } = (await answer.json()) as { waitsFor?: Record<string, string> }
  if (answer.ok) yield { check: 'ready', state: 'ok', says: 'the service waits for nothing; its views keep up' }
  for (const [what, wait] of Object.entries(waitsFor))
    yield {
      check: 'ready',
      state: 'fault',
      says: `${what}: ${wait}`,
      todo: 'docs/operating.md says what each check waits for, and how it ends.',
    }
}

async function* logOf(checkpoint: Response, key: Response, pinned: string | undefined): AsyncGenerator<Finding> {
  const shown = (await key.text()).trim()
  if (pinned !== undefined && shown !== pinned) {
    yield {
      check: 'log',
      state: 'fault',
      says: `the service shows another log key than the one that was pinned (${pinned})`,
      todo: 'Trust nothing from this address before you have compared the key with the other parties.',
    }
    return
  }
  try {
    const { size, time, origin } = await verifyCheckpoint(await checkpoint.text(), pinned ?? shown)
    yield {
      check: 'log',
      state: 'ok',
      says: `${origin} holds ${size} statements, signed at ${new Date(time * 1000).toISOString()}`,
    }
    const ahead = Math.round(time - Date.now() / 1000)
    if (ahead > checkpointSeconds) {
      yield {
        check: 'clock',
        state: 'attention',
        says: `the last checkpoint is ${ahead} s ahead of this machine's clock`,
        todo: 'If this clock is right, the service was once wrong, and takes nothing new until that time has come: ask its operator.',
      }
    }
  } catch (error) {
    if (!(error instanceof TransparencyError)) throw error
    yield {
      check: 'log',
      state: 'fault',
      says: error.message,
      todo: 'Keep what the service has shown, and ask the operator and the other parties.',
    }
  }
}
