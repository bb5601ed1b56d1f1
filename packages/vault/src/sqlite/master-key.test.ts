import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMasterKey, readMasterKey } from './master-key.ts'

describe('the master key', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vault-'))
    file = join(folder, 'vault.key')
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('is 32 random bytes in a file for its owner alone, and nothing is left beside it', async () => {
    await createMasterKey(file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['vault.key'])
    const key = await readMasterKey(file)
    expect(key.symmetricKeySize).toBe(32)
    expect(key.export().toString('base64url')).toBe((await readFile(file, 'utf8')).trim())
    await createMasterKey(`${file}.2`)
    expect((await readMasterKey(`${file}.2`)).equals(key)).toBe(false)
  })

  it('is never replaced', async () => {
    await createMasterKey(file)
    const before = await readFile(file, 'utf8')
    await expect(createMasterKey(file)).rejects.toMatchObject({ code: 'vault/master-key-exists' })
    expect(await readFile(file, 'utf8')).toBe(before)
    expect(await readdir(folder)).toEqual(['vault.key'])
  })

  it('is refused when it is not there', async () => {
    await expect(readMasterKey(file)).rejects.toMatchObject({ code: 'vault/master-key-missing' })
  })

  it.each([0o640, 0o604, 0o660, 0o644])(
    'is refused when others than its owner have rights on it (%o)',
    async (mode) => {
      await createMasterKey(file)
      await chmod(file, mode)
      await expect(readMasterKey(file)).rejects.toMatchObject({ code: 'vault/master-key-permissions' })
      await expect(readMasterKey(file)).rejects.toThrow(`chmod 600 ${file}`)
    },
  )

  it.each([
    ['empty', ''],
    ['too short', 'A'.repeat(42)],
    ['too long', 'A'.repeat(44)],
    ['not canonical', `${'A'.repeat(42)}B`],
    ['in another alphabet', `${'A'.repeat(41)}+A`],
    ['followed by something', `${'A'.repeat(43)}\n\n`],
  ])('is refused when it is %s', async (_, text) => {
    await writeFile(file, text, { mode: 0o600 })
    await expect(readMasterKey(file)).rejects.toMatchObject({ code: 'vault/master-key-malformed' })
  })
})
