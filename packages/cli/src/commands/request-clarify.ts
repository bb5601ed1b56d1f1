import { requests } from '@tidings/client'
import { columns } from '@tidings/client/import'
import { actCommand } from '../act-command.ts'
import { waitingFor } from '../within-request.ts'

export const requestClarify = actCommand({
  columns: { text: columns.needed(columns.text) },
  declare: (command) => command.option('--text <text>', 'the clarification, in words'),
  examples: [
    'tidings request clarify A-B-2026-00001 --text "The winter of 1992 to 1993."',
    'tidings request clarify --table clarifications.csv',
  ],
  make(said) {
    const { returned } = said.request
    const [asked = ''] = returned ? [returned.statement] : waitingFor(said.request, 'clarify')
    return requests.clarify(said, asked)
  },
  told: () => 'REF is clarified.',
  many: 'clarifications',
  side: 'asker',
  round: ['clarify'],
})
