import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReceiptWithKeys } from '@tidings/client'
import { openingsOf } from '@tidings/client/ledger'
import { type Findings, verifyReceipt } from '@tidings/evidence'
import { type ContentOpening, fromBase64url, readStatement, statementId, toBase64url } from '@tidings/statement'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { contentEnding, endings } from '../evidence-files.ts'
import { requestMeant } from '../request-meant.ts'
import type { Session } from '../session.ts'

interface Options extends CommonOptions {
  readonly out?: string
  readonly withContent?: boolean
}

export const receipt = defineCommand<Options>({
  declare(command) {
    command
      .option('--out <folder>', 'where to write the evidence')
      .option('--with-content', 'with what was said, and the salt that proves it: for whoever may read it')
    command.addHelpText('after', '\nA request, by its id or reference, stands for the statement that submitted it.')
    examples(
      command,
      'tidings receipt A-B-2026-00001 --out receipts',
      'tidings receipt Jq3v… --out receipts --with-content',
    )
  },

  async run(context, [text = ''], { out, withContent = false }) {
    const session = await context.session()
    const id = statementId.safeParse(text).success ? text : (await requestMeant(session, text)).submitted.statement
    const given = await session.connection.read.receipt(id)
    const contents = withContent ? await openings(session, given) : []
    const { vkey } = session.configuration
    const document = given.document === undefined ? undefined : fromBase64url(given.document)
    // What is written was verified as whoever receives it will verify it.
    const findings = await verifyReceipt({
      jws: given.statement,
      proof: given.proof,
      ...(document && { document }),
      contents,
      keys: given.keys.map(({ statement: jws, proof }) => ({ jws, proof })),
      vkey,
    })
    const files = out === undefined ? [] : await write(out, given, { document, contents, vkey, findings })
    const { leaf, proven, notProven } = findings
    context.output.result({ statement: id, leaf, files, proven, notProven }, () =>
      [
        `Statement ${id}, leaf ${leaf}`,
        ...proven.map(({ sentence }) => `  - ${sentence}`),
        ...(files.length > 0 ? ['', ...files] : []),
      ].join('\n'),
    )
    if (out === undefined) context.output.next(`tidings receipt ${text} --out receipts`)
    else context.output.next(`tidings verify ${out}`)
  },
})

async function openings({ connection, ledger }: Session, given: ReceiptWithKeys): Promise<ContentOpening[]> {
  const own = ledger.entry(given.id)
  if (own) return openingsOf(own.submission)
  const opened: ContentOpening[] = []
  for (const { commitment } of readStatement(given.statement).payload.content ?? []) {
    const { salt, data } = await connection.read.content(commitment)
    opened.push({ salt: fromBase64url(salt), data: fromBase64url(data) })
  }
  return opened
}

interface Rest {
  readonly document: Uint8Array | undefined
  readonly contents: readonly ContentOpening[]
  readonly vkey: string
  readonly findings: Findings
}

/** Writes the evidence; content is for its owner alone. */
async function write(folder: string, { id, statement, proof, keys }: ReceiptWithKeys, rest: Rest): Promise<string[]> {
  const { document, contents, vkey, findings } = rest
  const references = findings.statement.payload.content ?? []
  const files = new Map<string, string | Uint8Array>([
    [`${id}${endings.statement}`, `${statement}\n`],
    [`${id}${endings.proof}`, proof],
    ...(document ? ([[`${id}${endings.document}`, document]] as const) : []),
    ...contents.flatMap(({ salt, data }, i): [string, string | Uint8Array][] => [
      [`${id}${contentEnding(i + 1, references[i]?.mediaType ?? '')}`, data],
      [`${id}${endings.salt(i + 1)}`, `${toBase64url(salt)}\n`],
    ]),
    ...keys.flatMap((key, i): [string, string][] => {
      const base = join('keys', `${String(i + 1).padStart(3, '0')}-${key.id}`)
      return [
        [`${base}${endings.statement}`, `${key.statement}\n`],
        [`${base}${endings.proof}`, key.proof],
      ]
    }),
    ['VERIFY.txt', instructions(findings, vkey)],
  ])
  await mkdir(join(folder, 'keys'), { recursive: true, mode: 0o700 })
  for (const [name, data] of files) await writeFile(join(folder, name), data, { mode: 0o600 })
  return [...files.keys()].map((name) => join(folder, name))
}

function instructions({ proven, notProven, statement }: Findings, vkey: string): string {
  return `Evidence of one statement of Tidings

  ${statement.id}.jws         the statement as it was signed (compact JWS, RFC 7515)
  ${statement.id}.tlog-proof  the proof that it is recorded (c2sp.org/tlog-proof@v1)
  .document.json, .content-N  its public document and its contents with their salts, where they are shown
  keys/                       the author's key statements before it, with their proofs

Verify it offline, with any copy of Tidings and the log's key as you have pinned it:

  tidings verify . --vkey 'KEY'

The party that wrote this has pinned
  ${vkey}
Believe that only if you have it from elsewhere too.

When this was written, it proved:
${proven.map(({ sentence }) => `  - ${sentence}`).join('\n')}
It did not prove:
${notProven.map(({ sentence }) => `  - ${sentence}`).join('\n')}
`
}
