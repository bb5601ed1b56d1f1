import { requests } from '@tidings/client'
import { actCommand } from '../act-command.ts'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'

export const requestWithdraw = actCommand({
  columns: {},
  declare: () => {},
  examples: ['tidings request withdraw A-B-2026-00001', 'tidings request withdraw --table withdrawn.csv'],
  make({ request, participants }) {
    if (request.withdrawn) {
      throw new CommandError(`${request.reference} is withdrawn already.`, exitCodes.nothingToDo)
    }
    return requests.withdraw(request, participants)
  },
  told: () => 'The request REF is withdrawn: every duty about it has ended.',
  many: 'withdrawals',
  side: 'asker',
  round: [],
})
