import { resolve } from 'node:path'
import { type CommonOptions, type Context, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { examineHome } from '../doctor/examine-home.ts'
import { examineMachine } from '../doctor/examine-machine.ts'
import { examineService } from '../doctor/examine-service.ts'
import { exitCodes } from '../exit-codes.ts'
import { type Finding, operate } from '../operator-process.ts'

interface Options extends CommonOptions {
  readonly data?: string
  readonly service?: string
}

export const doctor = defineCommand<Options>({
  declare(command) {
    command.option('--data <folder>', 'data folder of a service on this machine')
    command.option('--service <url>', 'address of a running service; else that of this home')
    command.addHelpText(
      'after',
      "\nLooks and changes nothing. With --data it looks at a service's folder, else at the home of a party and the service that it speaks to. Ends with 1 if something is at fault.",
    )
    examples(command, 'tidings doctor', 'tidings doctor --data ./tidings-data --service http://127.0.0.1:7300')
  },

  async run(context, _, options) {
    const { output } = context
    let faults = 0
    let others = 0
    let unknown = 0
    for await (const finding of examine(context, options)) {
      if (finding.state === 'fault') faults++
      if (finding.state === 'attention') others++
      if (finding.state === 'unknown') unknown++
      await output.item(finding, () => inWords(finding))
    }
    output.message(
      faults + others === 0
        ? unknown === 0
          ? 'All is well.'
          : `All is well as far as can be told here; ${unknown} not known (?).`
        : `${faults === 0 ? 'Nothing' : faults} at fault, ${others === 0 ? 'nothing else' : others} for your attention.`,
    )
    return faults > 0 ? exitCodes.error : undefined
  },
})

async function* examine(context: Context, { data, service }: Options): AsyncGenerator<Finding> {
  yield* examineMachine()
  if (data !== undefined) {
    for await (const told of operate('doctor', { data: resolve(data) }, context.stop))
      if ('finding' in told) yield told.finding
    if (service !== undefined) yield* examineService(service)
    return
  }
  if (await context.home.hasConfiguration()) {
    yield* examineHome(context)
    const { service: own, vkey } = await context.home.configuration()
    yield* examineService(service ?? own, vkey)
    return
  }
  if (service === undefined)
    throw usageError(
      'There is nothing to look at: name a data folder with --data, a service with --service, or a home with --home.',
    )
  yield* examineService(service)
}

const marks = { ok: 'ok       ', unknown: '?        ', attention: 'attention', fault: 'FAULT    ' } as const

function inWords({ check, state, says, todo }: Finding): string {
  return `${marks[state]}  ${check}: ${says}${todo === undefined ? '' : `\n             ${todo}`}`
}
