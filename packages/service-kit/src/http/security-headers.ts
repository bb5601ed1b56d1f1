import type { ServerResponse } from 'node:http'
import helmet from 'helmet'

/** Header fields that every answer carries, by name in lower case. */
export type SecurityHeaders = ReadonlyMap<string, string>

/**
 * What browsers are told with every answer. Helmet says it; asked once, since it says the same each time, and so that answers to what is not HTTP
 * carry it as well. Pages set a content security policy of their own over this one, which lets nothing be loaded or framed.
 *
 * @param overTls whether readers reach the service by https alone: only then may browsers be told to insist on it
 */
export function securityHeaders({ overTls }: { readonly overTls: boolean }): SecurityHeaders {
  const said = new Map<string, string>()
  const recording = {
    setHeader: (name: string, value: unknown) => said.set(name.toLowerCase(), String(value)),
    removeHeader: (name: string) => said.delete(name.toLowerCase()),
  }
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
    },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: overTls ? { maxAge: 31_536_000 } : false,
  })({} as never, recording as unknown as ServerResponse, () => {})
  return said
}
