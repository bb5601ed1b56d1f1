import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { CommandError, usageError } from '../command-error.ts'
import { durationText } from '../progress.ts'
import { spawnService } from '../service-process.ts'

interface Options extends CommonOptions {
  readonly data: string
}

export const rebuild = defineCommand<Options>({
  declare(command) {
    command.requiredOption('--data <folder>', 'data folder of the service, which must not be running')
    examples(command, 'tidings rebuild --data ./tidings-data')
  },

  async run({ output }, _, { data }) {
    const folder = resolve(data)
    if (!existsSync(join(folder, 'record.db'))) throw usageError(`${folder} is no data folder of a service.`)
    const started = performance.now()
    output.message('Making the views anew from the record. Nothing of the record is changed.')
    // The service makes them before it listens; it is stopped as soon as it does.
    const args = ['--rebuild', '--empty', '--data', folder, '--port', '0', '--host', '127.0.0.1', '--log-level', 'info']
    const child = spawnService(args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit') as Promise<[number | null]>
    let isDone = false
    for await (const line of createInterface({ input: child.stdout as Readable })) {
      if (isDone || !line.includes('"Server listening at ')) continue
      isDone = true
      child.kill('SIGTERM')
    }
    const [code] = await ended
    if (!isDone) throw new CommandError(`The views were not made anew: the service ended with ${code ?? 'a signal'}.`)
    const seconds = (performance.now() - started) / 1000
    output.result({ data: folder, seconds: Math.round(seconds * 10) / 10 }, () => `Done in ${durationText(seconds)}.`)
    return undefined
  },
})
