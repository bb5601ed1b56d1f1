import { execFile } from 'node:child_process'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateKeyPair, type KeyType, readKeyFile, writeKeyFile } from './key-file.ts'

const run = promisify(execFile)
const passphrase = 'correct horse ñ battery'
const types: KeyType[] = ['Ed25519', 'P-256', 'X25519']

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-key-'))
})
afterAll(() => rm(folder, { recursive: true }))

const hasOpenssl = await run('openssl', ['version']).then(
  () => true,
  () => false,
)
const without =
  'the program openssl is not on this machine: only the OpenSSL inside Node has read and written key files'

const openssl = async (...args: string[]) => (await run('openssl', args, { encoding: 'buffer' })).stdout

/** The public key that OpenSSL reads from a private key file, as SubjectPublicKeyInfo. */
const publicKeyOf = (file: string) =>
  openssl('pkey', '-in', file, '-passin', `pass:${passphrase}`, '-pubout', '-outform', 'DER')

async function spkiOf(key: JsonWebKey): Promise<Buffer> {
  const algorithm = key.crv === 'P-256' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: key.crv ?? '' }
  const imported = await crypto.subtle.importKey('jwk', key, algorithm, true, key.crv === 'X25519' ? [] : ['verify'])
  return Buffer.from(await crypto.subtle.exportKey('spki', imported))
}

describe.each(types)('a key file of %s', (type) => {
  it('opens with its passphrase, and the key then cannot be exported', async () => {
    const pair = await generateKeyPair(type)
    const opened = await readKeyFile(await writeKeyFile(pair.privateKey, passphrase), passphrase)
    expect(opened).toMatchObject({ type, key: pair.key })
    await expect(crypto.subtle.exportKey('pkcs8', opened.privateKey)).rejects.toThrow()
    if (opened.type === 'X25519') return
    const bytes = new Uint8Array(40)
    const algorithm = type === 'P-256' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: type }
    const verifying = await crypto.subtle.importKey('jwk', opened.key, algorithm, false, ['verify'])
    const how = type === 'P-256' ? { name: 'ECDSA', hash: 'SHA-256' } : { name: type }
    const signature = new Uint8Array(await opened.signer.sign(bytes))
    expect(await crypto.subtle.verify(how, verifying, signature, bytes)).toBe(true)
  })

  it('is read and written by the OpenSSL inside Node', async () => {
    const pair = await generateKeyPair(type)
    const theirs = createPrivateKey({ key: await writeKeyFile(pair.privateKey, passphrase), passphrase })
    expect(createPublicKey(theirs).export({ type: 'spki', format: 'der' })).toEqual(await spkiOf(pair.key))
    const pem = theirs.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString()
    expect((await readKeyFile(pem, passphrase)).key).toEqual(pair.key)
  })

  it('is read by OpenSSL, which finds the same public key', async (test) => {
    test.skip(!hasOpenssl, without)
    const pair = await generateKeyPair(type)
    const file = join(folder, `ours-${type}.pem`)
    await writeFile(file, await writeKeyFile(pair.privateKey, passphrase))
    expect(await publicKeyOf(file)).toEqual(await spkiOf(pair.key))
  })

  it.for<[string, string[]]>([
    ['AES-256-CBC, HMAC-SHA-256 and its own rounds', ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA256']],
    ['AES-128-CBC, HMAC-SHA-1 and 1,000 rounds', ['-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA1', '-iter', '1000']],
  ])('is read when OpenSSL has written it with %s', async ([, how], { skip }) => {
    skip(!hasOpenssl, without)
    const [plain, file] = [join(folder, 'plain.pem'), join(folder, 'theirs.pem')]
    const algorithm = type === 'P-256' ? ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] : [type]
    await openssl('genpkey', '-algorithm', ...algorithm, '-out', plain)
    await openssl('pkcs8', '-topk8', ...how, '-passout', `pass:${passphrase}`, '-in', plain, '-out', file)
    const { key } = await readKeyFile(await readFile(file, 'utf8'), passphrase)
    expect(await spkiOf(key)).toEqual(await publicKeyOf(file))
  })
})

describe('a key file', () => {
  it('is encrypted by PBES2 with PBKDF2-HMAC-SHA-256 of 600,000 rounds and AES-256-CBC', async (test) => {
    test.skip(!hasOpenssl, without)
    const file = join(folder, 'parameters.pem')
    await writeFile(file, await writeKeyFile((await generateKeyPair('Ed25519')).privateKey, passphrase))
    const structure = (await openssl('asn1parse', '-in', file)).toString()
    for (const part of ['PBES2', 'PBKDF2', 'hmacWithSHA256', 'aes-256-cbc']) expect(structure).toContain(part)
    expect(structure).toMatch(/INTEGER +:0927C0\n/)
  })

  it('never looks the same twice', async () => {
    const { privateKey } = await generateKeyPair('Ed25519')
    expect(await writeKeyFile(privateKey, passphrase)).not.toBe(await writeKeyFile(privateKey, passphrase))
  })

  it('opens with its passphrase however its letters were typed', async () => {
    const { privateKey, key } = await generateKeyPair('Ed25519')
    const opened = await readKeyFile(await writeKeyFile(privateKey, 'ñ'.normalize('NFD')), 'ñ'.normalize('NFC'))
    expect(opened.key).toEqual(key)
  })

  it('does not open with another passphrase, nor when it was altered', async () => {
    const pem = await writeKeyFile((await generateKeyPair('Ed25519')).privateKey, passphrase)
    await expect(readKeyFile(pem, 'another')).rejects.toMatchObject({
      name: 'KeyFileError',
      code: 'key-file/passphrase',
    })
    const [, begin = '', body = '', end = ''] = /^(-.*-\n)([^-]*)(-.*-\n)$/.exec(pem) ?? []
    const bytes = Uint8Array.fromBase64(body)
    // In the first of the four blocks of the encrypted key: its end holds padding only.
    bytes[bytes.length - 60] = (bytes[bytes.length - 60] ?? 0) ^ 1
    const flipped = begin + bytes.toBase64() + end
    await expect(readKeyFile(flipped, passphrase)).rejects.toMatchObject({ code: 'key-file/passphrase' })
  })

  it('is not written without a passphrase', async () => {
    const { privateKey } = await generateKeyPair('Ed25519')
    await expect(writeKeyFile(privateKey, '')).rejects.toMatchObject({ code: 'key-file/passphrase' })
  })

  it('that lies open, is of an older form, or is encrypted otherwise is refused with the command that mends it', async (test) => {
    test.skip(!hasOpenssl, without)
    const plain = join(folder, 'open.pem')
    await openssl('genpkey', '-algorithm', 'Ed25519', '-out', plain)
    const refusal = (pem: string) => readKeyFile(pem, passphrase).catch((error: unknown) => error)
    expect(await refusal(await readFile(plain, 'utf8'))).toMatchObject({
      code: 'key-file/unencrypted',
      message: expect.stringContaining('openssl pkcs8 -topk8'),
    })
    expect(await refusal('-----BEGIN EC PRIVATE KEY-----\nAA==\n-----END EC PRIVATE KEY-----\n')).toMatchObject({
      code: 'key-file/unsupported',
      message: expect.stringContaining('openssl pkcs8 -topk8'),
    })
    const scrypt = join(folder, 'scrypt.pem')
    await openssl('pkcs8', '-topk8', '-scrypt', '-passout', `pass:${passphrase}`, '-in', plain, '-out', scrypt)
    expect(await refusal(await readFile(scrypt, 'utf8'))).toMatchObject({ code: 'key-file/unsupported' })
  })

  it('that holds another type of key is refused', async (test) => {
    test.skip(!hasOpenssl, without)
    const [plain, file] = [join(folder, 'p384.pem'), join(folder, 'p384-encrypted.pem')]
    await openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384', '-out', plain)
    await openssl('pkcs8', '-topk8', '-passout', `pass:${passphrase}`, '-in', plain, '-out', file)
    await expect(readKeyFile(await readFile(file, 'utf8'), passphrase)).rejects.toMatchObject({
      code: 'key-file/unsupported',
    })
  })

  it.each([
    ['no PEM', 'hello'],
    ['a public key', '-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n'],
    ['broken base64', '-----BEGIN ENCRYPTED PRIVATE KEY-----\n!!\n-----END ENCRYPTED PRIVATE KEY-----\n'],
    ['broken DER', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n'],
  ])('must be one: %s', async (_, text) => {
    await expect(readKeyFile(text, passphrase)).rejects.toMatchObject({ code: 'key-file/not-a-key' })
  })
})
