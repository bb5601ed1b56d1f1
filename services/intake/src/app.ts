import type { Server } from '@tidings/service-kit'
import { Admission } from './admission.ts'
import { Intake, type IntakeOptions } from './intake.ts'
import { registerBatch, registerSingle } from './routes.ts'

export { Intake, type IntakeOptions } from './intake.ts'
export type { Admit } from './under-way.ts'

// Contents pending for longer than any request can last belong to statements that can no longer arrive.
const sweepEvery = 60_000
const longestRequest = 10 * 60_000

/** Registers intake on a server: `POST /v1/statements`, and `POST /v1/statements/batch` for many. */
export async function intakeApp(server: Server, options: IntakeOptions): Promise<Intake> {
  const { submissionBytes, receiptSeconds, underWayBytes, underWayStatements } = server.limits
  const intake = new Intake({ largestSubmission: submissionBytes, receiptSeconds, ...options })
  await intake.start()
  const sweeping = setInterval(() => {
    intake
      .sweep(new Date(Date.now() - longestRequest))
      .catch((error: unknown) => server.log.error({ err: error }, 'sweep of the vault failed'))
  }, sweepEvery)
  sweeping.unref()
  server.addHook('onClose', async () => {
    clearInterval(sweeping)
    await intake[Symbol.asyncDispose]()
  })
  const admission = new Admission({ bytes: underWayBytes, statements: underWayStatements })
  // Each in a scope of its own: a body is taken as bytes here, and nowhere else.
  await server.register((scope: Server) => registerSingle(scope, intake, admission))
  await server.register((scope: Server) => registerBatch(scope, intake, admission))
  return intake
}
