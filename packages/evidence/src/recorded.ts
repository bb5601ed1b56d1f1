import { leafEntry, readStatement, type Statement, StatementError } from '@tidings/statement'
import {
  type Checkpoint,
  leafHash,
  parseTlogProof,
  parseVkey,
  type TlogProof,
  TransparencyError,
  verifyCheckpoint,
  verifyInclusion,
} from '@tidings/transparency'
import { EvidenceError, type EvidenceErrorCode, type EvidencePart } from './errors.ts'

/** A statement with the proof that it is recorded. */
export interface Receipted {
  /** The compact JWS. */
  readonly jws: string
  /** C2SP tlog-proof: inclusion proof and signed checkpoint. */
  readonly proof: string
  /** Bytes of the public document, if the statement binds one and it is shown. Rules of a mechanism must be, for a verdict under them. */
  readonly document?: Uint8Array
}

/** A statement and its proof, taken apart: both lines of the log on the checkpoint hold; signature and inclusion are yet to be checked. */
export interface Opened {
  /** Its place in what was handed in, e.g. `keys/0`; empty for the statement that is to be proven. */
  readonly at: string
  readonly statement: Statement
  readonly document?: Uint8Array
  readonly proof: TlogProof
  readonly checkpoint: Checkpoint
}

/** Name of a file of the statement at this place; the one that is to be proven has no place. */
export function partOf(at: string, file: 'statement' | 'proof'): EvidencePart {
  return at === '' ? file : `${at}/${file}`
}

/** Opens statements and proofs of one log. Verifies each checkpoint once, and that no two of one size differ. */
export function openerOf(vkey: string): (item: Receipted, part: EvidencePart) => Promise<Opened> {
  within('evidence/vkey', 'vkey', () => parseVkey(vkey))
  const verified = new Map<string, Checkpoint>()
  const roots = new Map<number, string>()
  return async ({ jws, proof: text, document }, at) => {
    const statement = within('evidence/statement', partOf(at, 'statement'), () => readStatement(jws))
    const part = partOf(at, 'proof')
    const proof = within('evidence/proof', part, () => parseTlogProof(text))
    // Nothing authenticates an extra line, and our receipts have none.
    if (proof.extra)
      throw new EvidenceError('evidence/proof', part, 'must not have an extra line: nothing vouches for it')
    let checkpoint = verified.get(proof.checkpoint)
    if (!checkpoint) {
      checkpoint = await verifyCheckpoint(proof.checkpoint, vkey).catch((error) =>
        refuse('evidence/checkpoint', part, error),
      )
      verified.set(proof.checkpoint, checkpoint)
      const root = checkpoint.root.toHex()
      if ((roots.get(checkpoint.size) ?? root) !== root) {
        throw new EvidenceError(
          'evidence/split-view',
          part,
          `is under another tree of size ${checkpoint.size} than another proof here, and the log signed both: keep them, they prove it`,
        )
      }
      roots.set(checkpoint.size, root)
    }
    return { at, statement, proof, checkpoint, ...(document && { document }) }
  }
}

/** Whether a statement stands in the log where its proof says. */
export function isIncluded({ statement, proof, checkpoint }: Opened): boolean {
  try {
    verifyInclusion({
      leaf: leafHash(leafEntry(statement.jws)),
      index: proof.index,
      size: checkpoint.size,
      root: checkpoint.root,
      proof: proof.hashes,
    })
    return true
  } catch (error) {
    if (error instanceof TransparencyError) return false
    throw error
  }
}

/** Runs a check; what it finds wrong is wrong with this part. */
export function within<T>(code: EvidenceErrorCode, part: EvidencePart, check: () => T): T {
  try {
    return check()
  } catch (error) {
    return refuse(code, part, error)
  }
}

/** The error of a part, from the error of whatever found it. */
export function refuse(code: EvidenceErrorCode, part: EvidencePart, error: unknown): never {
  if (error instanceof StatementError) {
    throw new EvidenceError(code, part, `${error.field}: ${error.rule}`, { cause: error })
  }
  if (error instanceof TransparencyError) throw new EvidenceError(code, part, error.message, { cause: error })
  throw error
}
