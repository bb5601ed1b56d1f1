import { open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { emptyRoot, leafHash } from '../merkle.ts'
import { temporaryFolder } from '../temporary-folder.fixture.ts'
import type { GuardState } from './guard.ts'
import { openGuardFile } from './guard-file.ts'

const stateOf = (size: number): GuardState => ({
  size,
  root: size === 0 ? emptyRoot() : leafHash(Uint8Array.of(size)),
  position: size - 1,
})

describe('the guard in a file', () => {
  it('is nothing until it is set, and then holds what was set last', async () => {
    const file = join(await temporaryFolder(), 'data.guard')
    await using guard = await openGuardFile(file)
    expect(await guard.read()).toBeUndefined()
    expect(await guard.compareAndSet(undefined, stateOf(0))).toBe(true)
    for (let size = 1; size < 5; size++) {
      expect(await guard.compareAndSet(stateOf(size - 1), stateOf(size))).toBe(true)
      expect(await guard.read()).toEqual(stateOf(size))
      await using reopened = await openGuardFile(file)
      expect(await reopened.read()).toEqual(stateOf(size))
    }
  })

  it('is set only by whoever knows its state, and never goes back', async () => {
    await using guard = await openGuardFile(join(await temporaryFolder(), 'data.guard'))
    await guard.compareAndSet(undefined, stateOf(0))
    await guard.compareAndSet(stateOf(0), stateOf(4))
    expect(await guard.compareAndSet(undefined, stateOf(5))).toBe(false)
    expect(await guard.compareAndSet(stateOf(0), stateOf(5))).toBe(false)
    expect(await guard.compareAndSet({ ...stateOf(4), root: emptyRoot() }, stateOf(5))).toBe(false)
    expect(await guard.compareAndSet(stateOf(4), stateOf(3))).toBe(false)
    expect(await guard.read()).toEqual(stateOf(4))
  })

  it('sees what another opening of the file has set', async () => {
    const file = join(await temporaryFolder(), 'data.guard')
    await using one = await openGuardFile(file)
    await using other = await openGuardFile(file)
    await one.compareAndSet(undefined, stateOf(0))
    await one.compareAndSet(stateOf(0), stateOf(1))
    expect(await other.compareAndSet(stateOf(0), stateOf(2))).toBe(false)
    expect(await other.compareAndSet(stateOf(1), stateOf(2))).toBe(true)
  })

  it('does not believe what it reads back after a flush has failed: it writes and flushes it anew, or is not read', async () => {
    const file = join(await temporaryFolder(), 'data.guard')
    await using guard = await openGuardFile(file)
    await guard.compareAndSet(undefined, stateOf(0))
    await guard.read()
    const probe = await open(file, 'r')
    const handles: { datasync: () => Promise<void>; write: (...args: never[]) => unknown } =
      Object.getPrototypeOf(probe)
    await probe.close()
    const datasync = vi.spyOn(handles, 'datasync').mockRejectedValue(new Error('EIO: i/o error, fdatasync'))
    const write = vi.spyOn(handles, 'write')
    try {
      await expect(guard.compareAndSet(stateOf(0), stateOf(1))).rejects.toThrow('EIO')
      await expect(guard.read()).rejects.toThrow('EIO')
      datasync.mockRestore()
      write.mockClear()
      expect(await guard.read(), 'written though not flushed: only this may be signed').toEqual(stateOf(1))
      expect(write).toHaveBeenCalledOnce()
      await guard.read()
      expect(write, 'once is enough').toHaveBeenCalledOnce()
    } finally {
      vi.restoreAllMocks()
    }
  })

  it('survives a write torn anywhere: it holds the state before or the state after', async () => {
    const file = join(await temporaryFolder(), 'data.guard')
    {
      await using guard = await openGuardFile(file)
      await guard.compareAndSet(undefined, stateOf(0))
      await guard.compareAndSet(stateOf(0), stateOf(1))
    }
    const before = await readFile(file)
    {
      await using guard = await openGuardFile(file)
      await guard.compareAndSet(stateOf(1), stateOf(2))
    }
    const after = await readFile(file)
    for (let torn = 0; torn <= after.length; torn += 7) {
      await writeFile(file, Buffer.concat([after.subarray(0, torn), before.subarray(torn)]))
      await using guard = await openGuardFile(file)
      expect([1, 2]).toContain((await guard.read())?.size)
    }
  })

  it('refuses a file that it cannot read, rather than begin anew', async () => {
    const file = join(await temporaryFolder(), 'data.guard')
    await using guard = await openGuardFile(file)
    await guard.compareAndSet(undefined, stateOf(0))
    for (const content of [
      '',
      'anything',
      ' '.repeat(1024),
      (await readFile(file, 'latin1')).replace('size=0', 'size=9'),
    ]) {
      await writeFile(file, content)
      await using damaged = await openGuardFile(file)
      await expect(damaged.read()).rejects.toMatchObject({ code: 'transparency/guard-damaged' })
    }
  })
})
