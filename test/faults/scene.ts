import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newThingId } from '@tidings/statement'
import type { Acknowledged } from '../support/acknowledged.ts'
import { Author, inventedPerson, type Prepared } from '../support/author.ts'
import type { ChildService } from '../support/child-service.ts'
import type { FaultyService } from './faulty-service.ts'

/** A service under the shim, an author who speaks to it, and all that was acknowledged. */
export interface Scene<S extends ChildService = FaultyService> {
  readonly data: string
  readonly service: S
  readonly author: Author
  readonly vkey: string
  readonly acknowledged: Acknowledged[]
  prepare(): Promise<Prepared>
  /** Posts a statement; what is acknowledged is remembered. */
  post(prepared: Prepared): Promise<{ readonly status: number; readonly problem?: string; readonly detail?: string }>
  /** What `/health/ready` says: what it waits for. */
  waitsFor(): Promise<Readonly<Record<string, string>>>
}

/** An author begins to speak to a service that is ready. */
export async function sceneOf<S extends ChildService>(service: S, data: string): Promise<Scene<S>> {
  const origin = JSON.parse(await readFile(join(data, 'tidings.json'), 'utf8')).origin as string
  const author = await Author.begin(service.url, origin)
  const vkey = (await (await fetch(`${service.url}/vkey`)).text()).trim()
  const acknowledged: Acknowledged[] = []
  return {
    data,
    service,
    author,
    vkey,
    acknowledged,
    prepare: () => author.prepare({ kind: 'case.describe', about: newThingId(), body: {}, tells: inventedPerson }),
    async post({ statement, submission }) {
      const { status, body } = await author.post(submission)
      if (status >= 300)
        return {
          status,
          problem: body.type.replace('urn:tidings:problem:', ''),
          detail: String((body as { detail?: string }).detail),
        }
      if (!acknowledged.some(({ id }) => id === statement.id))
        acknowledged.push({ id: body.id, leaf: body.leaf, jws: submission.statement, proof: body.proof })
      return { status }
    },
    async waitsFor() {
      const answer = await fetch(`${service.url}/health/ready`)
      const { waitsFor = {} } = (await answer.json()) as { waitsFor?: Record<string, string> }
      return waitsFor
    },
  }
}
