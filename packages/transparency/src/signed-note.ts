import { sha256 } from '#sha256'
import { base64, concatBytes, equalBytes, fromBase64, utf8 } from './bytes.ts'
import { type Signer, verifyEd25519 } from './ed25519.ts'
import { TransparencyError } from './errors.ts'

/** Signature types of C2SP signed-note that Tidings uses. */
const ED25519 = 0x01
/** Timestamped Ed25519 cosignatures (C2SP tlog-cosignature). */
export const COSIGNATURE_V1 = 0x04

/** Who signs: a verifier key of C2SP signed-note, taken apart. */
export interface VerifierKey {
  readonly name: string
  /** 4 bytes. */
  readonly id: Uint8Array
  readonly type: typeof ED25519 | typeof COSIGNATURE_V1
  /** 32 bytes. */
  readonly publicKey: Uint8Array
}

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string
  /** 4 bytes. */
  readonly keyId: Uint8Array
  /** What follows the key id. */
  readonly signature: Uint8Array
}

/** A signed note taken apart. Nothing is verified yet. */
export interface Note {
  /** The text that was signed, with its final line feed. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

// Go's note package allows as many; witnesses are few, and each line costs a verification at most.
const MAX_SIGNATURES = 100

/** Key id: the first four bytes of SHA-256(name || 0x0A || type || public key) (C2SP signed-note). */
export function keyId(name: string, type: number, publicKey: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8(`${name}\n`), Uint8Array.of(type), publicKey)).slice(0, 4)
}

/** Writes a verifier key: `name+hex(key id)+base64(type || public key)` (C2SP signed-note). */
export function formatVkey(name: string, publicKey: Uint8Array, type: VerifierKey['type'] = ED25519): string {
  if (!isKeyName(name))
    throw new TransparencyError('transparency/malformed-vkey', `${JSON.stringify(name)} cannot name a key`)
  if (publicKey.length !== 32)
    throw new TransparencyError('transparency/malformed-vkey', 'an Ed25519 public key has 32 bytes')
  return `${name}+${keyId(name, type, publicKey).toHex()}+${base64(concatBytes(Uint8Array.of(type), publicKey))}`
}

/**
 * Reads a verifier key of type Ed25519 (0x01) or cosignature/v1 (0x04).
 *
 * @throws {TransparencyError} `transparency/malformed-vkey`: not of this form, of another type, or its key id is not that of the key
 */
export function parseVkey(vkey: string): VerifierKey {
  const malformed = (why: string) =>
    new TransparencyError('transparency/malformed-vkey', `this is not a verifier key: ${why}`)
  // The name has no plus, the Base 64 of the key may have some.
  const [, name, hex, encoded] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(vkey) ?? []
  if (name === undefined || hex === undefined || encoded === undefined)
    throw malformed('it should read name+hash+base64')
  if (!isKeyName(name)) throw malformed('its name is empty or has a space')
  const key = fromBase64(encoded)
  const type = key?.[0]
  if (key === undefined || (type !== ED25519 && type !== COSIGNATURE_V1) || key.length !== 33)
    throw malformed('its key is not an Ed25519 key')
  const publicKey = key.slice(1)
  const id = keyId(name, type, publicKey)
  if (hex !== id.toHex()) throw malformed('its hash is not that of name and key')
  return { name, id, type, publicKey }
}

/**
 * Takes a signed note apart (C2SP signed-note, "Format").
 *
 * @throws {TransparencyError} `transparency/malformed-note`
 */
export function parseNote(note: string): Note {
  const malformed = (why: string) =>
    new TransparencyError('transparency/malformed-note', `this is not a signed note: ${why}`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a note must not have
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) throw malformed('it has a control character')
  if (!note.isWellFormed()) throw malformed('it is not Unicode text')
  const split = note.lastIndexOf('\n\n')
  if (split < 0) throw malformed('it has no signatures')
  const block = note.slice(split + 2)
  if (!block.endsWith('\n')) throw malformed('its last line has no end')
  const lines = block.slice(0, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) throw malformed(`it has more than ${MAX_SIGNATURES} signatures`)
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) }

  function parseSignature(line: string): NoteSignature {
    const [, name, encoded] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? []
    const bytes = encoded === undefined ? undefined : fromBase64(encoded)
    if (name === undefined || !isKeyName(name) || bytes === undefined || bytes.length < 5)
      throw malformed('a signature line is not of the form "— name base64"')
    return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) }
  }
}

/** Writes one signature line, with its line feed. */
export function formatSignature({ name, keyId: id, signature }: NoteSignature): string {
  return `— ${name} ${base64(concatBytes(id, signature))}\n`
}

/** Signs a note's text as Ed25519 (type 0x01); the text ends with a line feed. */
export async function signNoteText(text: string, name: string, signer: Signer): Promise<NoteSignature> {
  return { name, keyId: keyId(name, ED25519, signer.publicKey), signature: await signer.sign(utf8(text)) }
}

/**
 * The one signature of this key on the note, verified by `verify`; signatures of other keys are ignored, even those that share its name or its id.
 *
 * @throws {TransparencyError} `transparency/signature-missing`, `transparency/signature-invalid` (which rejects the note), or
 * `transparency/malformed-note` when the key signed twice: two timestamps would leave it open which one counts
 */
export async function openSignature<T>(
  note: Note,
  key: VerifierKey,
  what: string,
  verify: (signature: Uint8Array) => Promise<T | undefined>,
): Promise<T> {
  const [line, second] = note.signatures.filter(({ name, keyId: id }) => name === key.name && equalBytes(id, key.id))
  if (line === undefined)
    throw new TransparencyError('transparency/signature-missing', `the ${what} of ${key.name} is missing`)
  if (second !== undefined)
    throw new TransparencyError('transparency/malformed-note', `the ${what} of ${key.name} stands there twice`)
  const verified = await verify(line.signature)
  if (verified === undefined)
    throw new TransparencyError('transparency/signature-invalid', `the ${what} of ${key.name} does not hold`)
  return verified
}

/**
 * Verifies the Ed25519 signature (type 0x01) of this key on a note: only then may its text be used.
 *
 * @throws {TransparencyError} `transparency/signature-missing`, `transparency/signature-invalid`, `transparency/malformed-note`
 */
export async function verifyNoteSignature(note: Note, key: VerifierKey): Promise<void> {
  await openSignature(note, key, 'note signature', async (signature) =>
    key.type === ED25519 && (await verifyEd25519(key.publicKey, signature, utf8(note.text))) ? true : undefined,
  )
}

/** Key names are not empty and have neither a plus nor a Unicode space (C2SP signed-note, "Format"). */
function isKeyName(name: string): boolean {
  return name !== '' && !/[\s\u0085+]/u.test(name)
}
