import { describe, expect, it } from 'vitest'
import { formatTreeHead, parseTreeHead, signCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { cosign } from './cosignature.ts'
import { inventedSigner } from './invented-log.fixture.ts'
import { emptyRoot, leafHash } from './merkle.ts'
import { formatSignature, formatVkey, parseVkey, signNoteText } from './signed-note.ts'

const code = (name: string) => expect.objectContaining({ code: `transparency/${name}` })
const origin = 'tidings.example/log'
const root = leafHash(new Uint8Array())
const time = 1_790_000_000

describe('a checkpoint', async () => {
  const signer = await inventedSigner()
  const vkey = formatVkey(origin, signer.publicKey)
  const signed = await signCheckpoint({ origin, size: 7, root }, time, signer)
  const [body, lines] = signed.text.split('\n\n') as [string, string]
  const [noteLine, cosignatureLine] = lines.split('\n') as [string, string]

  it('carries two lines of the log, and verifies to what was signed', async () => {
    expect(lines.trimEnd().split('\n')).toHaveLength(2)
    expect(await verifyCheckpoint(signed.text, vkey)).toEqual(signed)
  })

  it('needs the note signature', async () => {
    await expect(verifyCheckpoint(`${body}\n\n${cosignatureLine}\n`, vkey)).rejects.toThrow(code('signature-missing'))
  })

  it('needs the timestamped cosignature', async () => {
    await expect(verifyCheckpoint(`${body}\n\n${noteLine}\n`, vkey)).rejects.toThrow(code('signature-missing'))
  })

  it('is rejected when its time was changed', async () => {
    const blob = Uint8Array.fromBase64(cosignatureLine.split(' ')[2] as string)
    const earlier = `— ${origin} ${blob.with(11, (blob[11] as number) ^ 1).toBase64()}`
    await expect(verifyCheckpoint(signed.text.replace(cosignatureLine, earlier), vkey)).rejects.toThrow(
      code('signature-invalid'),
    )
  })

  it('may not be cosigned twice by the log, at two times', async () => {
    const later = formatSignature(await cosign(`${body}\n`, origin, time + 60, signer))
    await expect(verifyCheckpoint(signed.text + later, vkey)).rejects.toThrow(code('malformed-note'))
  })

  it('may carry the cosignatures of witnesses', async () => {
    const witness = formatSignature(await cosign(`${body}\n`, 'witness.example', time + 1, await inventedSigner(2)))
    expect((await verifyCheckpoint(signed.text + witness, vkey)).time).toBe(time)
  })

  it('must be of the origin that names the key', async () => {
    const text = formatTreeHead({ origin: 'another.example/log', size: 7, root })
    const note = formatSignature(await signNoteText(text, origin, signer))
    const cosignature = formatSignature(await cosign(text, origin, time, signer))
    await expect(verifyCheckpoint(`${text}\n${note}${cosignature}`, vkey)).rejects.toThrow(code('malformed-checkpoint'))
  })

  it('does not verify under another key of the same name', async () => {
    const other = formatVkey(origin, (await inventedSigner(2)).publicKey)
    await expect(verifyCheckpoint(signed.text, other)).rejects.toThrow(code('signature-missing'))
  })

  it('is caught whichever byte is changed', async () => {
    const bytes = new TextEncoder().encode(signed.text)
    for (let at = 0; at < bytes.length; at++) {
      const changed = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.with(at, (bytes[at] as number) ^ 1))
      await expect(verifyCheckpoint(changed, vkey), `byte ${at}`).rejects.toHaveProperty(
        'code',
        expect.stringMatching(/^transparency\/(malformed|signature)-/),
      )
    }
  })

  it('names its key ids by type: the same key signs the note as 0x01 and cosigns as 0x04', () => {
    const idOf = (line: string) =>
      Uint8Array.fromBase64(line.split(' ')[2] as string)
        .subarray(0, 4)
        .toHex()
    expect(idOf(noteLine)).toBe(parseVkey(vkey).id.toHex())
    expect(idOf(cosignatureLine)).toBe(parseVkey(formatVkey(origin, signer.publicKey, 0x04)).id.toHex())
  })
})

describe('the text of a checkpoint', () => {
  const text = formatTreeHead({ origin, size: 7, root })

  it('is origin, size and root, a line each', () => {
    expect(text).toBe(`${origin}\n7\n${root.toBase64()}\n`)
    expect(parseTreeHead(text)).toEqual({ origin, size: 7, root })
    expect(parseTreeHead(formatTreeHead({ origin, size: 0, root: emptyRoot() })).size).toBe(0)
  })

  it.each([
    ['without origin', text.replace(origin, '')],
    ['with a leading zero', text.replace('\n7\n', '\n07\n')],
    ['with a sign', text.replace('\n7\n', '\n+7\n')],
    ['larger than a number holds', text.replace('\n7\n', '\n9007199254740993\n')],
    ['with a short root', text.replace(root.toBase64(), root.subarray(0, 12).toBase64())],
    ['with an extension line', `${text}more\n`],
    ['without its last line feed', text.slice(0, -1)],
    ['of size 0 with a root', text.replace('\n7\n', '\n0\n')],
  ])('is refused %s', (_how, malformed) => {
    expect(() => parseTreeHead(malformed)).toThrow(code('malformed-checkpoint'))
  })
})
