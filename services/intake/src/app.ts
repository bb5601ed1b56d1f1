import { problem, receipt, submission } from '@tidings/client/contract'
import type { Server } from '@tidings/service-kit'
import { Intake, type IntakeOptions } from './intake.ts'

export { type Admit, Intake, type IntakeOptions } from './intake.ts'

// Contents pending for longer than any request can last belong to statements that can no longer arrive.
const sweepEvery = 60_000
const longestRequest = 10 * 60_000

/** Registers intake on a server: `POST /v1/statements`. */
export async function intakeApp(server: Server, options: IntakeOptions): Promise<Intake> {
  const intake = new Intake(options)
  await intake.start()
  const sweeping = setInterval(() => {
    intake
      .sweep(new Date(Date.now() - longestRequest))
      .catch((error: unknown) => server.log.error({ err: error }, 'sweep of the vault failed'))
  }, sweepEvery)
  sweeping.unref()
  server.addHook('onClose', async () => clearInterval(sweeping))
  server.post(
    '/v1/statements',
    {
      bodyLimit: server.limits.submissionBytes,
      schema: {
        operationId: 'submitStatement',
        tags: ['statements'],
        summary: 'Submit a signed statement',
        description:
          'The signature authenticates the request. The answer is a receipt: an inclusion proof under a signed checkpoint. It says recorded, not effective. A repeat is answered with the statement as it was recorded.',
        body: submission,
        response: { 200: receipt, 201: receipt, '4xx': problem, '5xx': problem },
      },
    },
    async (request, reply) => {
      const { receipt: taken, repeated } = await intake.take(request.body, ({ kid, payload }) =>
        payload.kind === 'party.inception' ? request.allowance.party() : request.allowance.statements(kid),
      )
      return reply.status(repeated ? 200 : 201).send(taken)
    },
  )
  return intake
}
