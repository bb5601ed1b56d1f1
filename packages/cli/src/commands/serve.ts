import { once } from 'node:events'
import { defineCommand } from '../command.ts'
import { spawnService } from '../service-process.ts'

export const serve = defineCommand({
  declare(command) {
    // Its options are those of the service: they are handed on as they stand, --help too.
    command.allowUnknownOption().allowExcessArguments().helpOption(false)
  },

  async run(_, args) {
    const child = spawnService(args, { stdio: 'inherit' })
    // At a terminal the service gets the interrupt itself; this process only waits until it has stopped.
    process.on('SIGINT', () => {})
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    const [code] = (await once(child, 'exit')) as [number | null]
    return code ?? 0
  },
})
