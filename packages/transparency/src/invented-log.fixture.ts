import { importSigner, type Signer } from './ed25519.ts'
import type { EntryRecord } from './writer/index.ts'

const PKCS8_HEADER = Uint8Array.fromHex('302e020100300506032b657004220420')

/** A signer from a 32-byte Ed25519 seed. */
export async function signerOf(seed: Uint8Array): Promise<Signer> {
  return await importSigner(Uint8Array.of(...PKCS8_HEADER, ...seed))
}

/** An invented key: the same for the same number. */
export async function inventedSigner(number = 1): Promise<Signer> {
  return await signerOf(new Uint8Array(32).fill(number))
}

/** Entry n of every invented record. */
export function inventedEntry(n: number): Uint8Array {
  return new TextEncoder().encode(`entry ${n} of an invented record`)
}

/** Entries from..to of the invented record. */
export function inventedEntries(from: number, to: number): Uint8Array[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => inventedEntry(from + i))
}

/** The invented record, holding so many entries. */
export function inventedRecord(size: number, entryOf = inventedEntry): EntryRecord {
  return {
    size: async () => size,
    async *entries(from) {
      for (let n = from; n < size; n++) yield entryOf(n)
    },
  }
}
