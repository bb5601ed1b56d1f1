import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { decimal, equalBytes, fromBase64 } from '../bytes.ts'
import { TransparencyError } from '../errors.ts'
import { replaceFile } from './durable-files.ts'
import type { Guard, GuardState } from './guard.ts'

const SLOT = 512

/**
 * The guard as a file of its own beside the data folder. Only the process that writes the log sets it: the log's writer lock sees to that.
 *
 * The file has two lines of 512 bytes, written in turn and overwritten in place, each with its own check sum: a power failure amid a write destroys
 * the line being written and never the one before, and one `fdatasync` that changes no file size makes it durable.
 */
export async function openGuardFile(file: string): Promise<Guard> {
  let handle = await openIfThere(file)
  /** A flush has failed: what is read may be in memory alone, and a second flush would say that all is well. */
  let isDoubtful = false

  async function load() {
    if (isDoubtful) await handle?.close()
    if (isDoubtful) handle = undefined
    handle ??= await openIfThere(file)
    isDoubtful = false
    return handle && (await presentSlot(handle, file))
  }

  return {
    async read() {
      return (await load())?.state
    },
    async compareAndSet(expected, next) {
      const present = await load()
      if (!sameState(expected, present?.state)) return false
      if (present === undefined || handle === undefined) {
        // Survives a crash at any point: the name appears only when both lines are on the disk.
        await replaceFile(file, formatSlot(next) + ' '.repeat(SLOT - 1).concat('\n'))
        return true
      }
      if (next.size <= present.state.size) return false
      isDoubtful = true
      await handle.write(formatSlot(next), (1 - present.slot) * SLOT, 'latin1')
      await handle.datasync()
      isDoubtful = false
      return true
    },
    async [Symbol.asyncDispose]() {
      await handle?.close()
      handle = undefined
    },
  }
}

/**
 * Reads a guard file and changes nothing, also while its log is at work; undefined when there is none.
 *
 * @throws {TransparencyError} `transparency/guard-damaged`
 */
export async function readGuardFile(file: string): Promise<GuardState | undefined> {
  const handle = await ifThere(open(file, 'r'))
  if (handle === undefined) return undefined
  try {
    return (await presentSlot(handle, file)).state
  } finally {
    await handle.close()
  }
}

/** The state, and which of the two lines has it. */
async function presentSlot(
  handle: FileHandle,
  file: string,
): Promise<{ readonly slot: number; readonly state: GuardState }> {
  const bytes = Buffer.alloc(2 * SLOT)
  const { bytesRead } = await handle.read(bytes, 0, 2 * SLOT, 0)
  const slot = newerSlot(bytes)
  const state = stateIn(bytes, slot)
  if (bytesRead !== 2 * SLOT || state === undefined)
    throw new TransparencyError(
      'transparency/guard-damaged',
      `the guard ${file} cannot be read: put back a copy made after the last signature, or follow docs/operating.md`,
    )
  return { slot, state }
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  const handle = await ifThere(open(file, 'r+'))
  if (handle === undefined) return undefined
  try {
    await makeDurable(handle)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/**
 * A process that was killed, or whose flush has failed, may have left a state that is written and not on the disk: whoever builds on it must not lose it
 * any more. It is written again, as it is read, because after a failed flush Linux takes the bytes in memory for those on the disk. Amid that write a power
 * failure destroys at most the line being written, which was not on the disk before.
 */
async function makeDurable(handle: FileHandle): Promise<void> {
  const bytes = Buffer.alloc(2 * SLOT)
  const { bytesRead } = await handle.read(bytes, 0, 2 * SLOT, 0)
  const slot = newerSlot(bytes)
  if (bytesRead === 2 * SLOT && stateIn(bytes, slot) !== undefined)
    await handle.write(bytes, slot * SLOT, SLOT, slot * SLOT)
  await handle.datasync()
}

function stateIn(bytes: Buffer, slot: number): GuardState | undefined {
  return parseSlot(bytes.toString('latin1', slot * SLOT, (slot + 1) * SLOT))
}

function newerSlot(bytes: Buffer): 0 | 1 {
  return (stateIn(bytes, 1)?.size ?? -1) > (stateIn(bytes, 0)?.size ?? -1) ? 1 : 0
}

async function ifThere(opening: Promise<FileHandle>): Promise<FileHandle | undefined> {
  try {
    return await opening
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}

function sameState(a: GuardState | undefined, b: GuardState | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.size === b.size && a.position === b.position && equalBytes(a.root, b.root)
}

function formatSlot(state: GuardState): string {
  const line = `tidings-guard/v1 size=${state.size} root=${state.root.toBase64()} position=${state.position}`
  return `${line} check=${checkSum(line)}`.padEnd(SLOT - 1).concat('\n')
}

function parseSlot(text: string): GuardState | undefined {
  const [, line, size, root, position, check] =
    /^(tidings-guard\/v1 size=(\d+) root=(\S+) position=(-1|\d+)) check=(\S+) *\n$/.exec(text) ?? []
  if (line === undefined || check !== checkSum(line)) return undefined
  const state = { size: decimal(size ?? ''), root: fromBase64(root ?? ''), position: Number(position) }
  return state.size === undefined || state.root === undefined
    ? undefined
    : { size: state.size, root: state.root, position: state.position }
}

function checkSum(line: string): string {
  return createHash('sha256').update(line).digest('base64')
}
