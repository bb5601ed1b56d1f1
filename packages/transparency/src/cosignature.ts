import { concatBytes, utf8 } from './bytes.ts'
import { type Signer, verifyEd25519 } from './ed25519.ts'
import { COSIGNATURE_V1, keyId, type Note, type NoteSignature, openSignature, type VerifierKey } from './signed-note.ts'

/** The message of a cosignature/v1: two lines, then the checkpoint's text (C2SP tlog-cosignature, "Ed25519 signed message"). */
function cosignedMessage(text: string, time: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${time}\n${text}`)
}

/** Cosigns a checkpoint's text at a time in Unix seconds: cosignature/v1, type 0x04 (C2SP tlog-cosignature). */
export async function cosign(text: string, name: string, time: number, signer: Signer): Promise<NoteSignature> {
  const timestamp = new Uint8Array(8)
  new DataView(timestamp.buffer).setBigUint64(0, BigInt(time))
  const signature = await signer.sign(cosignedMessage(text, time))
  return { name, keyId: keyId(name, COSIGNATURE_V1, signer.publicKey), signature: concatBytes(timestamp, signature) }
}

/** The key under which the holder of this key cosigns: the same public key and name, the key id of type 0x04. */
export function cosignatureKey({ name, publicKey }: VerifierKey): VerifierKey {
  return { name, publicKey, type: COSIGNATURE_V1, id: keyId(name, COSIGNATURE_V1, publicKey) }
}

/**
 * Verifies the cosignature/v1 of this key on a checkpoint and gives its time in Unix seconds.
 *
 * @throws {TransparencyError} `transparency/signature-missing`, `transparency/signature-invalid`, `transparency/malformed-note`
 */
export async function verifyCosignature(note: Note, key: VerifierKey): Promise<number> {
  return await openSignature(note, key, 'cosignature', async (bytes) => {
    if (key.type !== COSIGNATURE_V1 || bytes.length !== 72) return undefined
    const timestamp = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0)
    // A time that a number cannot hold is some 285 million years ahead: nobody cosigned then.
    if (timestamp > BigInt(Number.MAX_SAFE_INTEGER)) return undefined
    const time = Number(timestamp)
    return (await verifyEd25519(key.publicKey, bytes.subarray(8), cosignedMessage(note.text, time))) ? time : undefined
  })
}
