import { LRUCache } from 'lru-cache'
import { verifyCheckpoint } from './checkpoint.ts'
import type { Checkpoint } from './log-reader.ts'

/** {@link verifyCheckpoint} under one key, each text once: readers ask for the same few again and again. */
export function checkpointVerifier(vkey: string): (text: string) => Promise<Checkpoint> {
  const verified = new LRUCache<string, Checkpoint>({ max: 1024 })
  return async (text) => {
    const known = verified.get(text)
    if (known !== undefined) return known
    const checkpoint = await verifyCheckpoint(text, vkey)
    verified.set(text, checkpoint)
    return checkpoint
  }
}
