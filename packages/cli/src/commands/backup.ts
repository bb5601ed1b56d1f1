import { resolve } from 'node:path'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { followSteps } from '../follow-steps.ts'
import { facts, timeText } from '../output.ts'

interface Options extends CommonOptions {
  readonly data: string
  readonly to: string
}

interface Manifest {
  readonly origin: string
  readonly madeAt: string
  readonly log: { readonly size: number; readonly root: string; readonly time: number }
  readonly statements: number
  readonly contents?: number
  readonly missing?: readonly number[]
  readonly files: Readonly<Record<string, { readonly bytes: number }>>
}

export const backup = defineCommand<Options>({
  declare(command) {
    command.requiredOption('--data <folder>', 'data folder of the service, which may be at work')
    command.requiredOption('--to <folder>', 'folder to be made: it appears whole and checked, or not at all')
    command.addHelpText(
      'after',
      '\nThe backup holds record, vault and log as they were at one moment. It holds no keys and no guard: keep a copy of the folder keys apart, offline, and no copy of the guard.',
    )
    examples(command, 'tidings backup --data ./tidings-data --to /backups/tidings-2026-11-25')
  },

  async run(context, _, { data, to }) {
    const target = resolve(to)
    const manifest = (await followSteps(context, 'backup', { data: resolve(data), to: target })) as Manifest
    const { origin, log, statements, contents, missing = [], files, madeAt } = manifest
    const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0)
    context.output.result({ backup: target, ...manifest }, () =>
      facts([
        ['backup', target],
        ['made', timeText(madeAt)],
        ['log', `${origin}, ${log.size} statements, proven from the copied record to the signed root`],
        ['record', `${statements} statements, each found as it was written`],
        [
          'contents',
          contents === undefined
            ? 'copied; not opened, since the master key is not in the data folder'
            : `${contents}, each opened and found whole`,
        ],
        [
          'NOT THERE',
          missing.length === 0
            ? undefined
            : `contents of ${missing.length} statements (leaves ${missing.slice(0, 10).join(', ')}${missing.length > 10 ? ', …' : ''}): erased, or lost before`,
        ],
        ['size', `${(bytes / 1024 ** 2).toFixed(1)} MiB in ${Object.keys(files).length} files`],
        ['not in it', 'keys (keep them apart) and the guard (never copied)'],
      ]),
    )
    // The copy is made all the same: it holds what there is. Whoever throws older ones away must hear of it.
    return missing.length > 0 ? exitCodes.verificationFailed : undefined
  },
})
