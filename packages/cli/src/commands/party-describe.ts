import { parties } from '@tidings/client'
import { type CommonOptions, collect, defineCommand, examples } from '../command.ts'
import { textsByLanguage } from '../languages.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly name: readonly string[]
  readonly about?: readonly string[]
  readonly website?: string
}

export const partyDescribe = defineCommand<Options>({
  declare(command) {
    command
      .requiredOption('--name <text>', 'name, in other languages as hy=… (may be repeated)', collect)
      .option('--about <text>', 'what the party is, in other languages as hy=… (may be repeated)', collect)
      .option('--website <url>', 'where it can be reached as an institution')
    examples(command, 'tidings party describe --name "Commission of A" --name "az=A Komissiyası"')
  },

  async run(context, _, { name, about, website }) {
    const session = await context.session()
    const receipt = await session.state(
      parties.describe(session.party, {
        name: textsByLanguage(name),
        ...(about && { about: textsByLanguage(about) }),
        ...(website !== undefined && { website }),
      }),
    )
    tellRecorded(context.output, 'The description is recorded.', receipt)
  },
})
