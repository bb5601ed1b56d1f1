import { describe, expect, it } from 'vitest'
import { signCheckpoint } from './checkpoint.ts'
import { inventedEntries, inventedSigner } from './invented-log.fixture.ts'
import { leafHash, merkleRoot } from './merkle.ts'
import { formatVkey } from './signed-note.ts'
import { formatProofPaths, formatTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof.ts'

const code = (name: string) => expect.objectContaining({ code: `transparency/${name}` })

describe('a tlog-proof', async () => {
  const origin = 'tidings.example/log'
  const signer = await inventedSigner()
  const vkey = formatVkey(origin, signer.publicKey)
  const entries = inventedEntries(0, 2) as [Uint8Array, Uint8Array]
  const checkpoint = await signCheckpoint({ origin, size: 2, root: merkleRoot(entries) }, 1_790_000_000, signer)
  const proof = { index: 1, hashes: [leafHash(entries[0])], checkpoint: checkpoint.text }
  const text = formatTlogProof(proof)

  it('is written as C2SP tlog-proof says: index, hashes, an empty line, the checkpoint verbatim', () => {
    expect(text).toBe(`c2sp.org/tlog-proof@v1\nindex 1\n${leafHash(entries[0]).toBase64()}\n\n${checkpoint.text}`)
    expect(parseTlogProof(text)).toEqual(proof)
  })

  it('is what stands before its checkpoint, followed by the checkpoint, also when many are written at once', () => {
    const shared = leafHash(entries[1])
    const proofs = [
      { index: 0, hashes: [shared] },
      { index: 1, hashes: [leafHash(entries[0]), shared, shared.slice()], extra: Uint8Array.of(1) },
      { index: 2, hashes: [] },
    ]
    expect(formatProofPaths(proofs).map((path) => path + checkpoint.text)).toEqual(
      proofs.map((one) => formatTlogProof({ ...one, checkpoint: checkpoint.text })),
    )
    expect(formatProofPaths(proofs, '\\n').map((path) => JSON.parse(`"${path}"`))).toEqual(formatProofPaths(proofs))
  })

  it('proves its entry under the pinned key, and tells since when', async () => {
    expect(await verifyTlogProof(text, entries[1], vkey)).toEqual(checkpoint)
  })

  it('proves no other entry', async () => {
    await expect(verifyTlogProof(text, entries[0], vkey)).rejects.toThrow(code('inclusion-invalid'))
  })

  it('proves nothing under another key', async () => {
    const other = formatVkey(origin, (await inventedSigner(2)).publicKey)
    await expect(verifyTlogProof(text, entries[1], other)).rejects.toThrow(code('signature-missing'))
  })

  it('may carry extra data, which nothing authenticates', async () => {
    const extra = Uint8Array.of(1, 2, 3)
    const withExtra = formatTlogProof({ ...proof, extra })
    expect(withExtra).toContain('\nextra AQID\nindex 1\n')
    expect(parseTlogProof(withExtra)).toEqual({ ...proof, extra })
    expect(await verifyTlogProof(withExtra, entries[1], vkey)).toEqual(checkpoint)
  })

  it('is caught whichever byte is changed', async () => {
    const bytes = new TextEncoder().encode(text)
    for (let at = 0; at < bytes.length; at++) {
      const changed = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.with(at, (bytes[at] as number) ^ 1))
      await expect(verifyTlogProof(changed, entries[1], vkey), `byte ${at}`).rejects.toHaveProperty(
        'code',
        expect.stringMatching(/^transparency\//),
      )
    }
  })

  it.each([
    ['another version', text.replace('@v1', '@v2')],
    ['a leading zero', text.replace('index 1', 'index 01')],
    ['no index', text.replace('index 1\n', '')],
    ['a hash of another length', text.replace(/\n[^\n]{44}\n\n/, '\nAAAA\n\n')],
    ['an extra line in the wrong place', text.replace('index 1\n', 'index 1\nextra AQID\n')],
    ['an extra line that is not Base 64', text.replace('index', 'extra AQI\nindex')],
    ['no checkpoint', text.slice(0, text.indexOf('\n\n') + 1)],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
  ])('is refused with %s', (_what, malformed) => {
    expect(() => parseTlogProof(malformed)).toThrow(code('malformed-proof'))
  })
})
