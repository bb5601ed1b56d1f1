import { base64, decimal, fromBase64 } from './bytes.ts'
import { verifyCheckpoint } from './checkpoint.ts'
import { TransparencyError } from './errors.ts'
import type { Checkpoint } from './log-reader.ts'
import { HASH_SIZE, leafHash, verifyInclusion } from './merkle.ts'

/** A proof that an entry stands in a log (C2SP tlog-proof), taken apart. Nothing is verified yet. */
export interface TlogProof {
  /** Index of the entry, from 0. */
  readonly index: number
  /** Audit path, lowest first; each 32 bytes. */
  readonly hashes: readonly Uint8Array[]
  /** The checkpoint, a signed note, as it was published. */
  readonly checkpoint: string
  /** What the application adds. Not authenticated by anything. */
  readonly extra?: Uint8Array
}

const HEADER = 'c2sp.org/tlog-proof@v1'

/** Writes a proof (C2SP tlog-proof, "Format"); files of it end in `.tlog-proof`. */
export function formatTlogProof({ checkpoint, ...rest }: TlogProof): string {
  return formatProofPaths([rest])[0] + checkpoint
}

/**
 * Writes what stands before the checkpoint in each of some proofs: followed by the text of the checkpoint, that is the proof. What a proof ends in like the
 * one before it, the same arrays, is written once for both: of leaves side by side all but two hashes, on average.
 *
 * @param lineEnd what ends a line: a line feed, or what stands for it in JSON, where the paths go into a text of that and need nothing else escaped
 */
export function formatProofPaths(
  proofs: readonly Omit<TlogProof, 'checkpoint'>[],
  lineEnd: '\n' | '\\n' = '\n',
): string[] {
  let before: readonly Uint8Array[] = []
  /** Lines of the last so many hashes of the proof before. */
  const lines = ['']
  return proofs.map(({ index, hashes, extra }) => {
    let shared = 0
    while (shared < Math.min(hashes.length, before.length) && hashes.at(-1 - shared) === before.at(-1 - shared))
      shared++
    lines.length = shared + 1
    for (const hash of hashes.slice(0, hashes.length - shared).reverse())
      lines.push(`${base64(hash)}${lineEnd}${lines.at(-1)}`)
    before = hashes
    const added = extra === undefined ? '' : `extra ${base64(extra)}${lineEnd}`
    return `${HEADER}${lineEnd}${added}index ${index}${lineEnd}${lines.at(-1)}${lineEnd}`
  })
}

/**
 * Reads a proof.
 *
 * @throws {TransparencyError} `transparency/malformed-proof`
 */
export function parseTlogProof(text: string): TlogProof {
  const malformed = (why: string) =>
    new TransparencyError('transparency/malformed-proof', `this is not a tlog-proof: ${why}`)
  const split = text.indexOf('\n\n')
  if (split < 0) throw malformed('it holds no checkpoint')
  const lines = text.slice(0, split).split('\n')
  if (lines.shift() !== HEADER) throw malformed(`its first line is not ${HEADER}`)
  const extraText = /^extra (.+)$/.exec(lines[0] ?? '')?.[1]
  const extra = extraText === undefined ? undefined : fromBase64(extraText)
  if (extraText !== undefined) {
    if (extra === undefined) throw malformed('its extra line is not Base 64')
    lines.shift()
  }
  const index = decimal(/^index (.+)$/.exec(lines.shift() ?? '')?.[1] ?? '')
  if (index === undefined) throw malformed('its index line is missing or not a plain decimal number')
  const hashes = lines.map((line) => {
    const hash = fromBase64(line)
    if (hash?.length !== HASH_SIZE) throw malformed('a line is not the Base 64 of 32 bytes')
    return hash
  })
  return { index, hashes, checkpoint: text.slice(split + 2), ...(extra === undefined ? {} : { extra }) }
}

/**
 * Verifies that this entry stands in the log of this key: both lines of the log on the checkpoint, and the inclusion proof under its root.
 *
 * @param proof as text or taken apart
 * @param entry the leaf's bytes, not its hash
 * @param vkey the log's pinned verifier key
 * @returns the checkpoint; its `time` is when, by the log's own word, the entry stood there at the latest
 * @throws {TransparencyError} `transparency/malformed-proof`, `transparency/inclusion-invalid`, and what {@link verifyCheckpoint} throws
 */
export async function verifyTlogProof(proof: string | TlogProof, entry: Uint8Array, vkey: string): Promise<Checkpoint> {
  const { index, hashes, checkpoint: text } = typeof proof === 'string' ? parseTlogProof(proof) : proof
  const checkpoint = await verifyCheckpoint(text, vkey)
  verifyInclusion({ leaf: leafHash(entry), index, size: checkpoint.size, root: checkpoint.root, proof: hashes })
  return checkpoint
}
