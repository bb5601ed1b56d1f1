import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Context } from './command.ts'

/** Which part of a list is asked for. */
export interface ListOptions {
  readonly limit?: number | undefined
  readonly all?: boolean | undefined
}

/** How many people are shown unless they ask for more: a screen, with room for what stands above it. */
export const usualLimit = 20
/** What is left out is counted so far. */
const mostCounted = 1000

/**
 * Declares how much of a list is shown: the same for every list.
 *
 * @param unlessTold how many with `--json`: all, or the same first screen where something stands beside the list
 */
export function declareLimit(command: Command, what: string, unlessTold = 'with --json all'): Command {
  return command.addOption(
    new Option('--limit <number>', `how many ${what} to list; ${usualLimit} unless told, ${unlessTold}`).argParser(
      (text) => {
        const number = Number(text)
        if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('A whole number from 1 on.')
        return number
      },
    ),
  )
}

/** Declares `--limit` and `--all`. */
export function declareList(command: Command, what: string, unlessTold?: string): Command {
  return declareLimit(command, what, unlessTold).addOption(new Option('--all', `list all ${what}`).conflicts('limit'))
}

/** The part of a list that is shown, and what to say below it. */
export interface Listing<T> {
  readonly items: AsyncIterable<T>
  /** Says how many more there are, and how to see them. Asked once the items have been told. */
  tellMore(): Promise<void>
}

/**
 * Takes as much of a list as is asked for. With `--json` that is everything unless told: programs want no first screen.
 *
 * @param more the option that shows what is left out; `--all` unless told
 * @param total how many there are, where that is known without counting
 */
export function listing<T>(
  { output, stop }: Pick<Context, 'output' | 'stop'>,
  source: AsyncIterable<T>,
  { limit, all = false }: ListOptions,
  more: '--all' | '--limit' = '--all',
  total?: number,
): Listing<T> {
  const most = all ? Infinity : (limit ?? (output.json ? Infinity : usualLimit))
  const iterator = source[Symbol.asyncIterator]()
  let shown = 0
  let ended = false

  async function next(): Promise<IteratorResult<T>> {
    const result = await iterator.next()
    ended = result.done === true
    return result
  }

  async function* items() {
    while (shown < most && !stop.aborted) {
      const { done, value } = await next()
      if (done) return
      shown++
      yield value
    }
  }

  async function countRest(): Promise<number> {
    if (total !== undefined) return Math.max(0, total - shown)
    let rest = 0
    while (!ended && !stop.aborted && rest < mostCounted) if (!(await next()).done) rest++
    // Whether there is one more tells "1,000 more" from "at least 1,000 more".
    if (!ended && !stop.aborted) await next()
    return rest
  }

  return {
    items: items(),
    async tellMore() {
      const rest = output.json ? 0 : await countRest()
      if (!ended) await iterator.return?.()
      if (rest === 0) return
      const isAll = ended || total !== undefined
      const many = `${isAll ? '' : 'at least '}${rest.toLocaleString('en')} more`
      const how = more === '--all' ? '--all lists them' : `--limit ${shown + rest} lists them`
      output.message(`\n${many.charAt(0).toUpperCase()}${many.slice(1)}: ${how}.`)
    },
  }
}
