import type { Limits } from '@tidings/service-kit'
import { newThingId, type Question } from '@tidings/statement'
import { Author, inventedReply, inventedRequest, type Said } from './author.ts'
import { type Service, startService } from './service.ts'

/** A service, two commissions, and a mechanism in force between them. */
export interface Scene extends AsyncDisposable {
  readonly service: Service
  readonly a: Author
  readonly b: Author
  readonly mechanism: string
}

/** Starts a service in which two commissions have a mechanism. */
export async function twoCommissions(limits: Partial<Limits> = {}): Promise<Scene> {
  const service = await startService({ limits })
  const a = await Author.begin(service.url, service.origin)
  const b = await Author.begin(service.url, service.origin)
  return {
    service,
    a,
    b,
    mechanism: await mechanismOf(a, b),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}

/** A mechanism in force between two commissions, and whoever mediates. */
export async function mechanismOf(a: Author, b: Author, mediator?: Author): Promise<string> {
  const about = newThingId()
  const participants = [
    { party: a.id, role: 'commission' as const, code: 'A' },
    { party: b.id, role: 'commission' as const, code: 'B' },
    ...(mediator ? [{ party: mediator.id, role: 'mediator' as const, code: 'M' }] : []),
  ]
  const proposed = await a.say({ kind: 'mechanism.propose', about, body: { participants } })
  for (const party of mediator ? [b, mediator] : [b]) {
    const accepted = await party.say({ kind: 'mechanism.accept', about, re: [proposed.body.id], body: {} })
    if (accepted.status !== 201) throw new Error(`not accepted: ${JSON.stringify(accepted.body)}`)
  }
  return about
}

/** A request to an addressee about a case, not yet said. */
export function asked(addressee: Author, mechanism: string, questions: readonly Question[] = ['fate']) {
  const about = newThingId()
  const said: Said<'request.submit'> = {
    kind: 'request.submit',
    about,
    mechanism,
    to: [addressee.id],
    aud: [addressee.id],
    body: { matter: { type: 'case', case: newThingId() }, questions: [...questions] },
    tells: inventedRequest,
  }
  return { about, said }
}

/** A reply that nothing was found of the fate asked about in a statement, not yet said. */
export function nothingFound(asker: Author, mechanism: string, about: string, re: string): Said<'request.reply'> {
  return {
    kind: 'request.reply',
    about,
    mechanism,
    to: [asker.id],
    aud: [asker.id],
    re: [re],
    body: { answers: [{ question: 'fate', disposition: 'none-found' }] },
    tells: inventedReply,
  }
}
