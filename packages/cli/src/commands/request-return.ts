import { requests } from '@tidings/client'
import { missingItems } from '@tidings/statement'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { severalOf, stateWithin } from '../within-request.ts'

interface Options extends CommonOptions {
  readonly missing?: readonly (typeof missingItems)[number][]
  readonly text?: string
}

export const requestReturn = defineCommand<Options>({
  declare(command) {
    severalOf(command, '--missing <item>', 'what is missing', missingItems).option('--text <text>', 'the same in words')
    examples(command, 'tidings request return A-B-2026-00001 --missing identity --missing date')
  },

  async run(context, [id = ''], { missing, text }) {
    if (!missing) throw usageError('Name what is --missing.')
    return await stateWithin(
      context,
      id,
      text,
      (said) => requests.returnAsIncomplete(said, [...new Set(missing)].sort()),
      'REF is returned as incomplete.',
    )
  },
})
