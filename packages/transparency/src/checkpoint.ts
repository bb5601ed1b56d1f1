import { base64, decimal, equalBytes, fromBase64 } from './bytes.ts'
import { cosign, cosignatureKey, verifyCosignature } from './cosignature.ts'
import type { Signer } from './ed25519.ts'
import { TransparencyError } from './errors.ts'
import type { Checkpoint } from './log-reader.ts'
import { emptyRoot, HASH_SIZE } from './merkle.ts'
import { formatSignature, parseNote, parseVkey, signNoteText, verifyNoteSignature } from './signed-note.ts'

/** What a checkpoint says: the tree of this log at this size. */
export interface TreeHead {
  readonly origin: string
  readonly size: number
  /** 32 bytes. */
  readonly root: Uint8Array
}

/** The text of a checkpoint that is signed: origin, size, root, no extension lines (C2SP tlog-checkpoint, "Note text"). */
export function formatTreeHead({ origin, size, root }: TreeHead): string {
  return `${origin}\n${size}\n${base64(root)}\n`
}

/**
 * Reads the text of a checkpoint. Extension lines are refused: no monitor can audit them, and our logs write none.
 *
 * @throws {TransparencyError} `transparency/malformed-checkpoint`
 */
export function parseTreeHead(text: string): TreeHead {
  const malformed = (why: string) =>
    new TransparencyError('transparency/malformed-checkpoint', `this is not a checkpoint: ${why}`)
  const [origin, sizeLine, rootLine, end, ...more] = text.split('\n')
  if (!origin || sizeLine === undefined || rootLine === undefined || end === undefined)
    throw malformed('it should have the lines origin, size and root')
  if (end !== '' || more.length > 0) throw malformed('it has extension lines')
  const size = decimal(sizeLine)
  const root = fromBase64(rootLine)
  if (size === undefined) throw malformed('its size is not a plain decimal number')
  if (root?.length !== HASH_SIZE) throw malformed('its root is not the Base 64 of 32 bytes')
  if (size === 0 && !equalBytes(root, emptyRoot())) throw malformed('an empty log has another root')
  return { origin, size, root }
}

/**
 * Signs a checkpoint as the log does: the note signature and the log's own timestamped cosignature/v1, both under the log's one key, whose name is the
 * origin.
 *
 * @param time Unix time in whole seconds
 */
export async function signCheckpoint(head: TreeHead, time: number, signer: Signer): Promise<Checkpoint> {
  const text = formatTreeHead(head)
  const lines = await Promise.all([signNoteText(text, head.origin, signer), cosign(text, head.origin, time, signer)])
  return { ...head, time, text: `${text}\n${lines.map(formatSignature).join('')}` }
}

/**
 * Verifies a checkpoint under a log's pinned key: both of the log's lines are required, the note signature (type 0x01) and its own cosignature/v1
 * (type 0x04) under the same key and name, and the origin must be the key's name. Lines of other keys are ignored.
 *
 * @param text the signed note as published
 * @param vkey the log's verifier key, `name+hash+base64`, of type 0x01
 * @throws {TransparencyError} `transparency/malformed-vkey`, `transparency/malformed-note`, `transparency/malformed-checkpoint`,
 * `transparency/signature-missing`, `transparency/signature-invalid`
 */
export async function verifyCheckpoint(text: string, vkey: string): Promise<Checkpoint> {
  const key = parseVkey(vkey)
  const note = parseNote(text)
  const [, time] = await Promise.all([verifyNoteSignature(note, key), verifyCosignature(note, cosignatureKey(key))])
  const head = parseTreeHead(note.text)
  if (head.origin !== key.name)
    throw new TransparencyError(
      'transparency/malformed-checkpoint',
      `this checkpoint is of ${JSON.stringify(head.origin)}, the key is that of ${JSON.stringify(key.name)}`,
    )
  return { ...head, time, text }
}
