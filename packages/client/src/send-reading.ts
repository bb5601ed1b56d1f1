import type { AccessTokens } from './access-token.ts'
import { ServiceError } from './errors.ts'
import { type Fetch, type Patience, type Sending, send } from './send.ts'

/** What readings are sent with. */
export interface ReadingOptions {
  readonly fetch: Fetch
  readonly tokens: AccessTokens
  readonly patience: Patience
}

/** Sends a reading with an access token. */
export async function sendReading(
  { fetch, tokens, patience }: ReadingOptions,
  {
    url,
    headers,
    stream,
    waitMs,
  }: Pick<Sending, 'url' | 'stream' | 'waitMs'> & { readonly headers?: Readonly<Record<string, string>> },
): Promise<Response> {
  const reading: Sending = {
    method: 'GET',
    url,
    headers: async () => ({ ...headers, ...(await tokens.authorize('GET', url)) }),
    ...(stream && { stream }),
    ...(waitMs !== undefined && { waitMs }),
  }
  return await send(fetch, reading, patience).catch((error: unknown) => {
    if (!(error instanceof ServiceError) || error.problemName !== 'token-invalid') throw error
    // The service was started anew, or the clock was set: once more, with another token.
    tokens.forget()
    return send(fetch, reading, patience)
  })
}
