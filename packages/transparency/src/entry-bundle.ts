import { TransparencyError } from './errors.ts'

/** Bytes that an entry may have: its length is written in two. */
const MAX_ENTRY_SIZE = 0xffff

/**
 * Writes entries one after the other, each with its length in two bytes, big-endian (C2SP tlog-tiles, "Log entries").
 *
 * @throws {TransparencyError} `transparency/entry-too-large`
 */
export function encodeEntries(entries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bundle = new Uint8Array(entries.reduce((sum, entry) => sum + 2 + entry.length, 0))
  let at = 0
  for (const entry of entries) {
    assertEntrySize(entry)
    bundle[at] = entry.length >> 8
    bundle[at + 1] = entry.length & 0xff
    bundle.set(entry, at + 2)
    at += 2 + entry.length
  }
  return bundle
}

/**
 * Reads the entries of a bundle.
 *
 * @throws {TransparencyError} `transparency/malformed-entries`: it ends within an entry
 */
export function decodeEntries(bundle: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = []
  let at = 0
  while (at < bundle.length) {
    const [high, low] = bundle.subarray(at, at + 2)
    const end = high === undefined || low === undefined ? Number.NaN : at + 2 + (high << 8) + low
    if (!(end <= bundle.length))
      throw new TransparencyError('transparency/malformed-entries', 'the bundle ends within an entry')
    entries.push(bundle.slice(at + 2, end))
    at = end
  }
  return entries
}

/** @throws {TransparencyError} `transparency/entry-too-large` */
export function assertEntrySize(entry: Uint8Array): void {
  if (entry.length > MAX_ENTRY_SIZE)
    throw new TransparencyError(
      'transparency/entry-too-large',
      `an entry has ${entry.length} bytes, a log takes at most ${MAX_ENTRY_SIZE}`,
    )
}
