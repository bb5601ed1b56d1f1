import { existsSync } from 'node:fs'
import { EvidenceError, type Findings, verifyReceipt } from '@tidings/evidence'
import { checkLog, DamagedLogError, parseVkey, TransparencyError } from '@tidings/transparency'
import { folderTiles, keptCheckpoints } from '@tidings/transparency/files'
import { type CommonOptions, type Context, defineCommand, examples } from '../command.ts'
import { CommandError, usageError } from '../command-error.ts'
import { findEvidence, readEvidenceFiles } from '../evidence-files.ts'
import { exitCodes } from '../exit-codes.ts'
import { readNamed } from '../named-file.ts'
import { showProgress } from '../progress.ts'

interface Options extends CommonOptions {
  readonly vkey?: string
}

export const verify = defineCommand<Options>({
  declare(command) {
    command.option(
      '--vkey <key>',
      "the log's verifier key as you have pinned it, or a file that holds it; else that of this home",
    )
    command.addHelpText(
      'after',
      '\nFiles are those that "tidings receipt" writes: a statement (.jws), its proof (.tlog-proof), its document and contents, and the keys folder beside them. A folder in the tlog-tiles layout is checked as a whole log. Nothing is asked of any service.',
    )
    examples(
      command,
      'tidings verify receipts',
      "tidings verify receipts/*.jws --vkey 'tidings.example/log+7c2f…'",
      'tidings verify ./tidings-data/log --vkey pinned.vkey',
    )
  },

  async run(context, paths, { vkey: given }) {
    const { logs, statements, others } = await findEvidence(paths)
    for (const file of others) context.output.message(`${file} is no evidence, and was not looked at.`)
    if (logs.length === 0 && statements.length === 0) throw usageError('There is nothing to verify.')
    const vkey = await pinnedVkey(context, given)
    let failures = 0
    for (const folder of logs) failures += await verifyLog(context, folder, vkey)
    for (const base of statements) failures += await verifyStatementFiles(context, base, vkey)
    if (failures > 0)
      context.output.message(`Verification FAILED for ${failures} of ${logs.length + statements.length}.`)
    return failures > 0 ? exitCodes.verificationFailed : undefined
  },
})

/** The key is what everything rests on: it comes from the person or from this home, never from what is verified. */
async function pinnedVkey({ home }: Context, given: string | undefined): Promise<string> {
  if (given !== undefined) return await givenVkey(given)
  if (await home.hasConfiguration()) return (await home.configuration()).vkey
  throw new CommandError(
    `A log key is needed, and ${home.folder} has none pinned. Give it with --vkey; take it from where you trust it, not from the evidence.`,
    exitCodes.usage,
  )
}

/** A key that was mistyped says nothing about the evidence: it is told before anything is verified, and raises no alarm. */
async function givenVkey(given: string): Promise<string> {
  const isKey = given.includes('+') && !existsSync(given)
  const vkey = isKey ? given : (await readNamed(given, '--vkey')).trim()
  try {
    parseVkey(vkey)
    return vkey
  } catch (error) {
    if (!(error instanceof TransparencyError)) throw error
    throw usageError(`--vkey: ${isKey ? error.message : `in ${given}, ${error.message}`}. Nothing was verified.`)
  }
}

async function verifyStatementFiles({ output }: Context, base: string, vkey: string): Promise<0 | 1> {
  let fileOf = (part: string) => part
  try {
    const evidence = await readEvidenceFiles(base)
    fileOf = evidence.fileOf
    const findings = await verifyReceipt({ ...evidence, vkey })
    const { statement, leaf, proven, notProven, verdict } = findings
    await output.item(
      { file: evidence.file, verified: true, statement: statement.id, leaf, proven, notProven, verdict },
      () => findingsText(evidence.file, findings),
    )
    return 0
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error
    const failed = { code: error.code, file: fileOf(error.part), rule: error.rule }
    await output.item(
      { file: base, verified: false, failed },
      () => `${base}: FAILED\n  ${failed.file}: ${failed.rule} (${failed.code})`,
    )
    return 1
  }
}

function findingsText(file: string, { proven, notProven }: Findings): string {
  return [
    `${file}: verified`,
    '  Proven:',
    ...proven.map(({ sentence }) => `    - ${sentence}`),
    '  Not proven:',
    ...notProven.map(({ sentence }) => `    - ${sentence}`),
  ].join('\n')
}

async function verifyLog({ output }: Context, folder: string, vkey: string): Promise<0 | 1> {
  using progress = showProgress(output, 'entries')
  try {
    const { checkpoint, checkpoints } = await checkLog(folderTiles(folder), vkey, {
      onProgress: ({ entries, of }) => progress.at(entries, of),
      checkpoints: keptCheckpoints(folder),
    })
    const { origin, size, time } = checkpoint
    await output.item({ folder, verified: true, origin, size, root: checkpoint.root.toBase64(), checkpoints }, () =>
      [
        `${folder}: verified`,
        '  Proven:',
        `    - The log ${origin} holds ${size} leaves, as its checkpoint of ${new Date(time * 1000).toISOString()} says; every tile and every entry fits.`,
        `    - All ${checkpoints} checkpoints kept here are of this one tree.`,
        '  Not proven:',
        '    - What the leaves say: whoever holds a statement can find it among them.',
        '    - That the operator shows everyone this same log: compare the checkpoint with one that another party holds.',
      ].join('\n'),
    )
    return 0
  } catch (error) {
    if (!(error instanceof TransparencyError) || error.code === 'transparency/malformed-vkey') throw error
    const failed = {
      code: error.code,
      rule: error.message,
      ...(error instanceof DamagedLogError && { path: error.path }),
    }
    await output.item(
      { folder, verified: false, failed },
      () => `${folder}: FAILED\n  ${error.message} (${error.code})`,
    )
    return 1
  }
}
