import { requests } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { requestMeant } from '../request-meant.ts'
import { tellRecorded } from '../told.ts'

export const requestWithdraw = defineCommand<CommonOptions>({
  declare(command) {
    examples(command, 'tidings request withdraw A-B-2026-00001')
  },

  async run(context, [text = '']) {
    const session = await context.session()
    const request = await requestMeant(session, text)
    const participants = requests.participantsIn(await session.mechanism(request.mechanism))
    const receipt = await session.state(requests.withdraw(request, participants))
    tellRecorded(
      context.output,
      `The request ${request.reference} is withdrawn: every duty about it has ended.`,
      receipt,
      {
        request: request.id,
      },
    )
  },
})
