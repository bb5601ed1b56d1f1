import { requests } from '@tidings/client'
import { columns } from '@tidings/client/import'
import { extensionDecisions } from '@tidings/statement'
import { Option } from 'commander'
import { actCommand } from '../act-command.ts'
import { waitingFor } from '../within-request.ts'

export const requestDecideExtension = actCommand({
  columns: { decision: columns.word(extensionDecisions), text: columns.text },
  declare: (command) =>
    command
      .addOption(new Option('--decision <decision>', 'what is decided').choices(extensionDecisions))
      .option('--text <text>', 'the same in words'),
  examples: [
    'tidings request decide-extension A-B-2026-00001 --decision granted',
    'tidings request decide-extension --table decisions.csv',
  ],
  make(said, { decision }) {
    const [asked = ''] = waitingFor(said.request, 'decide-extension')
    return requests.decideExtension(said, asked, decision)
  },
  told: ({ decision }) => `The extension of REF is ${decision}.`,
  many: 'decisions on extensions',
  round: ['decide-extension'],
})
