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
  return format(rest, base64) + checkpoint
}

/**
 * Writes what stands before the checkpoint in each of some proofs: followed by the text of the checkpoint, that is the proof. A hash that several of them
 * share, the same array, is written once for all.
 */
export function formatProofPaths(proofs: readonly Omit<TlogProof, 'checkpoint'>[]): string[] {
  const written = new Map<Uint8Array, string>()
  const textOf = (hash: Uint8Array) => {
    let text = written.get(hash)
    if (text === undefined) {
      text = base64(hash)
      written.set(hash, text)
    }
    return text
  }
  return proofs.map((proof) => format(proof, textOf))
}

function format({ index, hashes, extra }: Omit<TlogProof, 'checkpoint'>, textOf: (hash: Uint8Array) => string): string {
  let text = `${HEADER}\n`
  if (extra !== undefined) text += `extra ${base64(extra)}\n`
  text += `index ${index}\n`
  for (const hash of hashes) text += `${textOf(hash)}\n`
  return `${text}\n`
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
