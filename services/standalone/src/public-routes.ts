/** A row of the table "Who sees what" in README.md, or what a route gives that is no part of it. */
export type PublicRow =
  | 'leaves, checkpoints, tiles'
  /** Authenticated by the signature of what is sent. */
  | 'signed'
  /** Says how the service is doing, and nothing of what it holds. */
  | 'health'
  /** The same for everyone, whatever the service holds. */
  | 'description'

/**
 * Routes that are answered without a token, by method and pattern, and what they give. Every other route needs a token, and stands in the desk's
 * `routeAccess`: `public-routes.test.ts` finds whatever stands in neither.
 */
export const publicRoutes: Readonly<Record<string, PublicRow>> = {
  'POST /v1/statements': 'signed',
  'POST /v1/statements/batch': 'signed',
  'POST /v1/token': 'signed',
  'GET /checkpoint': 'leaves, checkpoints, tiles',
  'GET /checkpoints/:size': 'leaves, checkpoints, tiles',
  'GET /tile/*': 'leaves, checkpoints, tiles',
  'GET /vkey': 'leaves, checkpoints, tiles',
  'GET /health/live': 'health',
  'GET /health/ready': 'health',
  'GET /metrics': 'health',
  'GET /': 'description',
  'GET /openapi.json': 'description',
  'GET /docs': 'description',
  'GET /docs/': 'description',
  'GET /docs/json': 'description',
  'GET /docs/yaml': 'description',
}
