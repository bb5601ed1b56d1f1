import { randomUUID } from 'node:crypto'
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** How long the disk takes to have bytes durably, in milliseconds. */
export interface FlushTime {
  readonly median: number
  readonly p99: number
}

const flushes = 100
const block = 8192

/** Measures it with real flushes (`fdatasync`) of a small file in this folder, which is removed again. */
export function measureFlush(folder: string): FlushTime {
  const file = join(folder, `.flush-${randomUUID()}`)
  const handle = openSync(file, 'wx', 0o600)
  try {
    const bytes = Buffer.alloc(block)
    writeSync(handle, bytes, 0, block, 0)
    fdatasyncSync(handle)
    const times = Array.from({ length: flushes }, () => {
      const begun = performance.now()
      // In place: the size stays, as it does in a write-ahead log and in the guard.
      writeSync(handle, bytes, 0, block, 0)
      fdatasyncSync(handle)
      return performance.now() - begun
    }).sort((a, b) => a - b)
    return { median: times[flushes / 2] ?? 0, p99: times[flushes - 2] ?? 0 }
  } finally {
    closeSync(handle)
    rmSync(file)
  }
}
