/** Parts of the OpenAPI document that many operations share, by name. */

const text = { type: 'string' } as const

/** Header fields of answers. */
export const headers = {
  RequestId: { description: 'Id of the request, as it stands in the logs', schema: text },
  CacheControl: { description: 'private, no-cache: keep it, and ask whether it still holds', schema: text },
  ETag: { description: 'A weak entity tag: send it as If-None-Match', schema: text },
  Vary: { description: 'Authorization: each reader is shown its own', schema: text },
  Link: { description: 'Address of the next page (RFC 8288), rel="next", while more follows', schema: text },
  PreferenceApplied: { description: 'wait=N when the answer has waited for a change (RFC 7240)', schema: text },
  RateLimit: { description: 'What is left of each allowance that the request has taken from', schema: text },
  RateLimitPolicy: { description: 'Those allowances with their windows', schema: text },
  RetryAfter: { description: 'Seconds after which trying again makes sense', schema: { type: 'integer' } },
  WwwAuthenticate: { description: 'DPoP, with the algorithms that are taken (RFC 9449)', schema: text },
} as const

/** Names of header fields as they are sent. */
export const fieldNames: Readonly<Record<keyof typeof headers, string>> = {
  RequestId: 'X-Request-Id',
  CacheControl: 'Cache-Control',
  ETag: 'ETag',
  Vary: 'Vary',
  Link: 'Link',
  PreferenceApplied: 'Preference-Applied',
  RateLimit: 'RateLimit',
  RateLimitPolicy: 'RateLimit-Policy',
  RetryAfter: 'Retry-After',
  WwwAuthenticate: 'WWW-Authenticate',
}

/** Header fields of requests. */
export const parameters = {
  DPoP: {
    name: 'DPoP',
    in: 'header',
    required: true,
    description: 'A fresh proof of the key (RFC 9449): for a reading with the hash of its token (`ath`)',
    schema: text,
    example: 'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVkMjU1MTkiLCJqd2siOnsi…',
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'The entity tag of what the reader has: 304 if it still holds',
    schema: text,
    example: 'W/"bZ3v9XQk.171"',
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    description:
      'wait=N (RFC 7240): with If-None-Match the answer waits up to N seconds, 30 at most, until it is another',
    schema: text,
    example: 'wait=20',
  },
} as const

/** What operations are grouped by. */
export const tags = [
  { name: 'statements', description: 'Stating: signed statements in, receipts out. The signature authenticates.' },
  { name: 'reading', description: 'What a reader may know of, with an access token bound to a key.' },
  { name: 'log', description: 'The transparency log: public, and nothing in it tells of any statement.' },
  { name: 'health', description: 'Whether the service runs and can do its work.' },
] as const
