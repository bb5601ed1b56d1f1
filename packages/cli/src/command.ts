import type { Command } from 'commander'
import type { Home } from './home.ts'
import type { Output } from './output.ts'
import type { PassphraseSource } from './passphrase.ts'
import type { Session } from './session.ts'

/** Options that every command takes. */
export interface CommonOptions {
  readonly home?: string
  readonly as?: string
  readonly passphraseFile?: string
  readonly json?: boolean
  readonly input: boolean
}

/** What a command works with. */
export interface Context {
  readonly output: Output
  readonly home: Home
  readonly passphrase: PassphraseSource
  /** Aborted when the person asks to stop: finish what is under way, begin nothing new. */
  readonly stop: AbortSignal
  /** Name of the key to act under, if one was named. */
  readonly as?: string
  /** Opens the party's connection to its service; closed when the command ends. */
  session(): Promise<Session>
}

/** One command: its arguments and options, and what it does. */
export interface CommandFile<O = Record<string, never>> {
  /** Declares arguments, options and examples. */
  declare(command: Command): void
  /** Does it. An exit code other than 0 is returned. */
  run(context: Context, operands: readonly string[], options: O): Promise<number | undefined>
}

/** A command. */
export function defineCommand<O>(file: CommandFile<O>): CommandFile<O> {
  return file
}

/** Collects an option that may be given more than once. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** Examples below the help of a command. */
export function examples(command: Command, ...lines: readonly string[]): void {
  command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`)
}
