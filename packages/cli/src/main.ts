import { Command, CommanderError } from 'commander'
import type { CommonOptions, Context } from './command.ts'
import { usageError } from './command-error.ts'
import { commandTable, groups, type TableEntry } from './command-table.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { homeFolder, openHome } from './home.ts'
import { markOperands, unmark } from './operand-marks.ts'
import { createOutput } from './output.ts'
import type { Session } from './session.ts'

/** Runs the command line and gives its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader that has seen enough, such as `head`, ends us; that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.ok)
    throw error
  })
  // Nobody hears what is said beside: the command goes on, and ends as it would.
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  let exitCode: number = exitCodes.ok
  const json = argv.includes('--json')
  const program = buildProgram((code) => {
    exitCode = code
  }, json)
  try {
    await program.parseAsync(markOperands(argv), { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) return await tell(error, json)
    if (error.exitCode === 0) return exitCodes.ok
    // For people the parser has told it already, with help beside.
    if (json) await tell(usageError(mistakeIn(error)), json)
    return exitCodes.usage
  }
}

/** @param json whether mistakes are told as an object, by whoever catches them */
function buildProgram(ended: (code: number) => void, json: boolean): Command {
  const program = new Command('tidings')
    .description('Signed, provable exchange of information on missing persons and burial places.')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: (text) => void (json || process.stderr.write(unmark(text))) })
    .showHelpAfterError('(tidings COMMAND --help tells more)')
    .addHelpText(
      'after',
      '\nStart with:\n  $ tidings serve\n  $ tidings party create --service http://127.0.0.1:7300 --name "Commission of A"\n\nThe guide is docs/cli.md.',
    )
  const parents = new Map<string, Command>()
  const load = new Map<Command, TableEntry>()
  const declare = async (_: Command, called: Command) => {
    const entry = load.get(called)
    if (!entry) return
    const file = await entry.load()
    file.declare(called)
    called.action(async () => ended(await runCommand(called, file)))
  }
  program.hook('preSubcommand', declare)
  const group = (name: string) => {
    const made = parents.get(name) ?? program.command(name).helpCommand(false).hook('preSubcommand', declare)
    const summary = groups[name] ?? ''
    parents.set(name, made.summary(summary).description(capital(summary)))
    return made
  }
  for (const entry of commandTable) {
    const [name = '', parent] = entry.path.split(' ').toReversed()
    const command = (parent === undefined ? program : group(parent))
      .command(`${name} ${entry.arguments ?? ''}`.trim())
      .summary(entry.summary)
      .description(capital(entry.summary))
    if (entry.path !== 'serve') addCommonOptions(command)
    load.set(command, entry)
  }
  return program
}

function addCommonOptions(command: Command): void {
  command
    .option('--home <folder>', 'home of the party (else TIDINGS_HOME, else $XDG_DATA_HOME/tidings)')
    .option('--as <key>', 'name of the key to act under, such as officer-7')
    .option('--passphrase-file <file>', "file whose first line is the key's passphrase")
    .option('--json', 'results as JSON, lists as a line each')
    .option('--no-input', 'ask nothing; fail instead')
}

async function runCommand(command: Command, file: Awaited<ReturnType<TableEntry['load']>>): Promise<ExitCode> {
  const options = unmark(command.opts()) as CommonOptions
  using output = createOutput(process.stdout, process.stderr, options.json === true)
  const home = openHome(homeFolder(options.home, process.env))
  const passphrase = {
    input: options.input,
    ...(options.passphraseFile !== undefined && { file: options.passphraseFile }),
  }
  const stop = new AbortController()
  const interrupted = () => {
    // A second one ends it at once.
    process.once('SIGINT', () => process.exit(exitCodes.cancelled))
    stop.abort()
  }
  process.once('SIGINT', interrupted)
  await using opened = new AsyncDisposableStack()
  let session: Promise<Session> | undefined
  const context: Context = {
    output,
    home,
    passphrase,
    stop: stop.signal,
    ...(options.as !== undefined && { as: options.as }),
    session() {
      session ??= import('./session.ts')
        .then(({ openSession }) =>
          openSession({ home, output, passphrase, ...(options.as !== undefined && { as: options.as }) }),
        )
        .then((made) => opened.use(made))
      return session
    },
  }
  try {
    const code = await file.run(context, unmark(command.args), options as never)
    if (code !== undefined) return code as ExitCode
    return stop.signal.aborted ? exitCodes.cancelled : exitCodes.ok
  } catch (error) {
    return await tell(error, options.json === true, context)
  } finally {
    process.off('SIGINT', interrupted)
  }
}

/** What the parser finds wrong, as a sentence. */
function mistakeIn({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'No command is named: "tidings --help" lists them.'
  return unmark(capital(message.replace(/^error: /, '').replace(/\.$/, '')))
}

/** Tells a failure on stderr; with `--json` also as an object, so that a program need not read prose. */
async function tell(error: unknown, json: boolean, context?: Context): Promise<ExitCode> {
  const { explainError } = await import('./explain-error.ts')
  const explained = explainError(error)
  if (!explained) {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error))
    const object = { error: { message, code: 'cli/internal', details: { stack } } }
    process.stderr.write(`${json ? JSON.stringify(object) : stack}\n`)
    return exitCodes.error
  }
  const { message, code, details, exitCode } = explained
  const kept = context && (await keepEvidence(error, context))
  const text = kept === undefined ? message : `${message} They are kept in ${kept}.`
  process.stderr.write(json ? `${JSON.stringify({ error: { message: text, code, details } })}\n` : `${text}\n`)
  return exitCode
}

async function keepEvidence(error: unknown, { home }: Context): Promise<string | undefined> {
  const { SplitViewError } = await import('@tidings/client')
  return error instanceof SplitViewError ? await home.keepEvidence(error.evidence) : undefined
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
