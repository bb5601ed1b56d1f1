import type { Server } from '@tidings/service-kit'
import { daysTold } from './demonstration/days.ts'
import type { Demonstration } from './demonstration/demonstration.ts'

/** What the start page tells. */
export interface StartPage {
  readonly origin: string
  readonly vkey: string
  /** How many statements the log holds. */
  leaves(): Promise<number>
  /** Whether this is a copy that takes nothing. */
  readonly readOnly: boolean
  /** The demonstration that the data folder was made to hold. */
  readonly demonstration?: Demonstration
}

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c)

/** `/`: where things are, for a person who opens the address in a browser. No content, no script, nothing from outside. */
export function registerStartPage(server: Server, page: StartPage): void {
  server.get('/', { schema: { hide: true } }, async (_, reply) => {
    const { demonstration } = page
    const leaves = await page.leaves()
    const invented = demonstration && inventedPart(demonstration, await demonstration.isComplete())
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
      )
      .header('cache-control', 'no-cache')
      .serializer(String)
      .send(render(page, leaves, invented))
  })
}

/** What is invented about a demonstration: whoever looks at its dates has to know. */
function inventedPart({ clock, firstStart }: Demonstration, isComplete: boolean): string {
  const standing = isComplete ? '' : clock ? ' It is being made: what you see grows.' : ' It was not finished.'
  return `parties, persons and places are invented. Its first ${daysTold} days were made at the first start, on ${firstStart.toISOString().slice(0, 10)}: the times of that part, the log's checkpoints included, are invented.${standing}`
}

function render(page: StartPage, leaves: number, invented: string | undefined): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tidings</title>
<style>
:root { --ink: #1c2530; --paper: #fbfaf7; --quiet: #5a6672; --line: #d9d6cd; --link: #1f4e79; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e3da; --paper: #171b20; --quiet: #a3adb7; --line: #363d45; --link: #9cc4ee; } }
body { margin: 0 auto; max-width: 44rem; padding: 3rem 1.25rem; font: 1.0625rem/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-weight: 600; margin: 0 0 .25rem; }
p.lead { color: var(--quiet); margin-top: 0; }
a { color: var(--link); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.25rem; border-top: 1px solid var(--line); padding-top: 1.25rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
code { font-size: .9em; }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .9rem; } }
@media print { body { background: #fff; color: #000; } }
</style>
</head>
<body>
<main>
<h1>Tidings</h1>
<p class="lead">Signed, provable exchange of information on missing persons and burial places.</p>
<dl>
${
  invented === undefined
    ? ''
    : `<dt>Demonstration</dt><dd>${escaped(invented)}</dd>
`
}<dt>Statements</dt><dd>${leaves} recorded and included in the log</dd>
<dt>Log</dt><dd><a href="/checkpoint">checkpoint</a> of <code>${escaped(page.origin)}</code></dd>
<dt>Verifier key</dt><dd><code>${escaped(page.vkey)}</code><br>Pin it: proofs are checked against this key, without this service.</dd>
<dt>Interface</dt><dd><a href="/docs">guide to the interface</a>, <a href="/openapi.json">OpenAPI document</a></dd>
<dt>State</dt><dd>${page.readOnly ? 'a copy of the record, for reading only: nothing is taken here; ' : ''}<a href="/health/ready">ready?</a></dd>
</dl>
<p>Parties speak through the command line <code>tidings</code>; reading needs a party's key. Whoever runs this service can read content that is not sealed, and cannot change unseen what was stated.</p>
</main>
</body>
</html>
`
}
