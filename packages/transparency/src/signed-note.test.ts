import { describe, expect, it } from 'vitest'
import { inventedSigner } from './invented-log.fixture.ts'
import {
  COSIGNATURE_V1,
  formatSignature,
  formatVkey,
  parseNote,
  parseVkey,
  signNoteText,
  type VerifierKey,
  verifyNoteSignature,
} from './signed-note.ts'

const code = (name: string) => expect.objectContaining({ code: `transparency/${name}` })

describe('a verifier key', () => {
  // C2SP signed-note, "Verifier keys".
  const example = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'

  it('is read and written as the specification shows', () => {
    const key = parseVkey(example)
    expect(key).toMatchObject({ name: 'example.com/foo', type: 1 })
    expect(key.id.toHex()).toBe('530d903a')
    expect(formatVkey(key.name, key.publicKey)).toBe(example)
  })

  it('has another id as a cosigner of the same name and key', () => {
    const { name, publicKey } = parseVkey(example)
    const cosigner = parseVkey(formatVkey(name, publicKey, COSIGNATURE_V1))
    expect(cosigner.type).toBe(COSIGNATURE_V1)
    expect(cosigner.id.toHex()).not.toBe('530d903a')
  })

  it.each([
    ['without its parts', 'example.com/foo'],
    ['without a name', example.replace('example.com/foo', '')],
    ['with a space in its name', example.replace('foo', 'f o')],
    ['whose hash is not its own', example.replace('530d903a', '530d903b')],
    ['whose hash is written in capitals', example.replace('530d903a', '530D903A')],
    ['of another name', example.replace('foo', 'bar')],
    ['with a bit of its key changed', example.replace('AekyeRrm', 'AekyeRrn')],
    ['of an unknown type', example.replace('+Aeky', '+Deky')],
    ['with white space around it', `${example}\n`],
  ])('is refused %s', (_how, vkey) => {
    expect(() => parseVkey(vkey)).toThrow(code('malformed-vkey'))
  })
})

async function openNote(text: string, key: VerifierKey): Promise<string> {
  const note = parseNote(text)
  await verifyNoteSignature(note, key)
  return note.text
}

describe('a signed note', async () => {
  const name = 'tidings.example/log'
  const signer = await inventedSigner()
  const key = parseVkey(formatVkey(name, signer.publicKey))
  const text = 'first line\n\nthird line\n'
  const line = formatSignature(await signNoteText(text, name, signer))
  const stranger = formatSignature(await signNoteText(text, 'stranger.example', await inventedSigner(2)))
  const note = `${text}\n${line}`

  it('opens to its text under the key that signed it', async () => {
    expect(await openNote(note, key)).toBe(text)
  })

  it('ignores signatures of unknown keys, even ones that share the name', async () => {
    const sameName = formatSignature(await signNoteText(text, name, await inventedSigner(3)))
    expect(await openNote(`${text}\n${stranger}${sameName}${line}`, key)).toBe(text)
    await expect(openNote(`${text}\n${stranger}`, key)).rejects.toThrow(code('signature-missing'))
  })

  it('is rejected when the signature of a known key does not hold', async () => {
    await expect(openNote(note.replace('third', 'fourth'), key)).rejects.toThrow(code('signature-invalid'))
  })

  it('is rejected when a known key signed twice', async () => {
    await expect(openNote(`${note}${line}`, key)).rejects.toThrow(code('malformed-note'))
  })

  it('takes at least 16 signatures', async () => {
    expect(await openNote(`${note}${stranger.repeat(15)}`, key)).toBe(text)
  })

  it.each([
    ['without signatures', text],
    ['whose last line has no end', note.slice(0, -1)],
    ['with a control character', note.replace('first', 'fir\tst')],
    ['with half a character', note.replace('first', 'fir\ud800st')],
    ['with a hyphen instead of a dash', note.replace('—', '-')],
    ['with Base 64 that is not canonical', note.replace(/=\n$/, '\n')],
    [
      'with spare bits set in its Base 64',
      note.replace(/.=\n$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}=\n`),
    ],
    ['with space inside its Base 64', note.replace(/(.)=\n$/, ' $1=\n')],
    ['with an empty signature', `${text}\n— ${name} AAAAAA==\n`],
    ['with more signatures than anybody needs', `${note}${stranger.repeat(100)}`],
  ])('is refused %s', (_how, malformed) => {
    expect(() => parseNote(malformed)).toThrow(code('malformed-note'))
  })
})
