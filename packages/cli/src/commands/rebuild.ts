import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { followSteps } from '../follow-steps.ts'
import { durationText } from '../progress.ts'

interface Options extends CommonOptions {
  readonly data: string
}

export const rebuild = defineCommand<Options>({
  declare(command) {
    command.requiredOption('--data <folder>', 'data folder of the service, which must not be running')
    examples(command, 'tidings rebuild --data ./tidings-data')
  },

  async run(context, _, { data }) {
    const { output } = context
    const folder = resolve(data)
    if (!existsSync(join(folder, 'record.db'))) throw usageError(`--data: ${folder} is no data folder of a service.`)
    const started = performance.now()
    output.message('Making the views anew from the record. Nothing of the record is changed.')
    await followSteps(context, 'rebuild', { data: folder })
    const seconds = (performance.now() - started) / 1000
    output.result(
      { data: folder, seconds: Math.round(seconds * 10) / 10 },
      () => `The views of ${folder} are made anew, in ${durationText(seconds)}. The service can be started.`,
    )
    return undefined
  },
})
