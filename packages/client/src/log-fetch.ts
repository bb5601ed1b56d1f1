import { type Fetch, mayRepeat, type Patience, persist, refusalOf } from './send.ts'

const requestTimeout = 20_000

/**
 * Fetches resources of the log: waits while the service is busy or asks to slow down, as all else does. Where nobody answers it fails at once: the log is
 * what a connection begins with, and the address may be wrong.
 *
 * @throws {ServiceError} the service was still busy when the time was up
 */
export function logFetch(fetch: Fetch, patience: Patience): (url: string) => Promise<Response> {
  const { signal } = patience
  return async (url) =>
    await persist(patience, async () => {
      const timeout = AbortSignal.timeout(requestTimeout)
      const response = await fetch(url, {
        method: 'GET',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
      if (response.ok || response.status < 429) return response
      const refusal = await refusalOf(response, new URL(url).origin)
      return mayRepeat(refusal) ? refusal : response
    })
}
