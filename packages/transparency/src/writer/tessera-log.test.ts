import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { utf8 } from '../bytes.ts'
import { formatTreeHead } from '../checkpoint.ts'
import { signerOf } from '../invented-log.fixture.ts'
import { describeVectors } from '../shared-vectors.fixture.ts'
import { formatSignature, formatVkey, signNoteText } from '../signed-note.ts'
import { temporaryFolder } from '../temporary-folder.fixture.ts'
import { openGuardFile } from './guard-file.ts'
import { createLogSignedBy, type SignCheckpoint } from './log-writer.ts'

const origin = 'example.com/log/testdata'
// Published with the vectors, for tests.
const privateKey = 'PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg'
const vkey = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx'
const words = 'one two three four five six seven eit nain ten ileven twelf threeten fourten fivten'

/** Tessera's log has the note signature alone. */
const noteSignatureAlone: SignCheckpoint = async (head, time, signer) => {
  const text = formatTreeHead(head)
  const signature = formatSignature(await signNoteText(text, head.origin, signer))
  return { ...head, time, text: `${text}\n${signature}` }
}

describeVectors('the log of transparency-dev/tessera', 'tessera-log', (vectors) => {
  it('is reproduced byte for byte: 16 checkpoints, 15 tiles, 15 bundles', async () => {
    const seed = Uint8Array.fromBase64(privateKey.split('+').slice(4).join('+')).slice(1)
    const signer = await signerOf(seed)
    expect(formatVkey(origin, signer.publicKey)).toBe(vkey)

    const home = await temporaryFolder()
    const folder = join(home, 'log')
    await using guard = await openGuardFile(join(home, 'guard'))
    await using writer = await createLogSignedBy(noteSignatureAlone, { folder, guard, origin, signer })
    const written = new Map<string, string>()
    const keepCheckpoint = async () =>
      written.set(`checkpoint.${writer.checkpoint.size}`, await readFile(join(folder, 'checkpoint'), 'latin1'))
    await keepCheckpoint()
    for (const [position, word] of words.split(' ').entries()) {
      await writer.publish([utf8(word)], position)
      await keepCheckpoint()
    }
    for (const path of await filesBelow(folder, 'tile')) written.set(path, await readFile(join(folder, path), 'latin1'))
    written.set('checkpoint', await readFile(join(folder, 'checkpoint'), 'latin1'))

    const published = await filesBelow(vectors, '')
    expect([...written.keys()].sort()).toEqual(published.sort())
    for (const path of published) expect(written.get(path), path).toBe(await readFile(join(vectors, path), 'latin1'))
    expect(published).toHaveLength(47)
  })
})

async function filesBelow(folder: string, below: string): Promise<string[]> {
  const entries = await readdir(join(folder, below), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
}
