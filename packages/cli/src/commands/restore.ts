import { resolve } from 'node:path'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { followSteps } from '../follow-steps.ts'
import { facts } from '../output.ts'

interface Options extends CommonOptions {
  readonly from: string
  readonly data: string
  readonly keys?: string
}

interface Restored {
  readonly manifest: { readonly origin: string; readonly log: { readonly size: number }; readonly statements: number }
  readonly guard: 'agrees' | 'newer' | 'older' | 'missing'
  readonly guardSize?: number
  readonly keysMissing: readonly string[]
}

export const restore = defineCommand<Options>({
  declare(command) {
    command.requiredOption('--from <folder>', 'a backup, as tidings backup has made it')
    command.requiredOption('--data <folder>', 'data folder to be made: not there yet, or empty')
    command.option('--keys <folder>', 'folder with log.pem and vault.key, to be put in place as well')
    examples(command, 'tidings restore --from /backups/tidings-2026-11-25 --data ./tidings-data --keys /media/keys')
  },

  async run(context, _, { from, data, keys }) {
    const folder = resolve(data)
    const restored = (await followSteps(context, 'restore', {
      from: resolve(from),
      data: folder,
      ...(keys !== undefined && { keys: resolve(keys) }),
    })) as Restored
    const { manifest, keysMissing } = restored
    context.output.result({ data: folder, ...restored }, () =>
      [
        facts([
          ['data folder', folder],
          ['log', `${manifest.origin}, ${manifest.log.size} statements; ${manifest.statements} in the record`],
          [
            'keys',
            keysMissing.length === 0 ? 'in place' : `still to be put in place: ${keysMissing.join(', ')} (mode 600)`,
          ],
        ]),
        '',
        aboutGuard(restored, folder),
      ].join('\n'),
    )
    return undefined
  },
})

/** The guard decides what the restored folder is good for: told now, not at the next start. */
function aboutGuard({ guard, guardSize, manifest }: Restored, folder: string): string {
  const readOnly = `Until then the copy can be read: npm start -- --data ${folder} --read-only`
  switch (guard) {
    case 'agrees':
      return `The guard beside it stands at ${guardSize}: the service can go on from here.`
    case 'newer':
      return `The guard beside it stands at ${guardSize}, this backup ends at ${manifest.statements}: what was signed in between is not in it, and the service will refuse to sign another history. Restore a newer backup; docs/operating.md says how to go on when there is none. ${readOnly}`
    case 'older':
      return `The guard beside it stands at ${guardSize}, before the ${manifest.log.size} statements that this backup proves to be signed: it is an old guard. Put the present one back. ${readOnly}`
    case 'missing':
      return `There is no guard beside it: bring ${folder}.guard from where the service was before. Without it the service refuses to sign; docs/operating.md says what to do when it is lost. ${readOnly}`
  }
}
