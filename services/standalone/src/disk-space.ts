import { statfsSync } from 'node:fs'

/** The disk that holds a folder. */
export interface DiskSpace {
  readonly freeBytes: number
  readonly sizeBytes: number
}

/** Looks at the disk that holds a folder: what is free for this user, of how much. */
export function diskSpace(folder: string): DiskSpace {
  const { bavail, blocks, bsize } = statfsSync(folder)
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize }
}

/** How long a look at the disk counts, in milliseconds: so many statements share one. */
const fresh = 250

/**
 * Keeps a reserve free on the disk of the data folder. What is recorded must still be signed, shown and swept: whoever takes statements until nothing
 * fits any more stops with a statement that is recorded and has no receipt.
 *
 * @returns what to wait for, undefined while there is more room than the reserve
 */
export function keepReserve(folder: string, reserveMiB: number): () => string | undefined {
  let looked = Number.NEGATIVE_INFINITY
  let wait: string | undefined
  return () => {
    if (performance.now() - looked < fresh) return wait
    looked = performance.now()
    const freeMiB = Math.floor(diskSpace(folder).freeBytes / 1024 ** 2)
    wait =
      freeMiB >= reserveMiB
        ? undefined
        : `the disk of the data folder has ${freeMiB} MiB left, of which ${reserveMiB} MiB are kept to finish what was begun: make room`
    return wait
  }
}
