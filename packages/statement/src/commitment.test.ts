import { describe, expect, it } from 'vitest'
import { bucketOf, checkOpening, commitTo, largestBucket, newContent, smallestBucket } from './commitment.ts'
import { toBase64url, utf8 } from './encoding.ts'
import { sha256 } from './hash.ts'
import { thing } from './spec/examples.ts'

const salt = new Uint8Array(32).fill(5)
const made = (length: number, fill = 1) => newContent(thing(1), 'text/plain', new Uint8Array(length).fill(fill))

describe('the bucket of a content', () => {
  it.each([
    [0, 1024],
    [1, 1024],
    [1023, 1024],
    [1024, 1024],
    [1025, 2048],
    [2048, 2048],
    [2049, 4096],
    [largestBucket / 2 + 1, largestBucket],
    [largestBucket - 1, largestBucket],
    [largestBucket, largestBucket],
  ])('of %d bytes is %d: the next power of two from 1 KiB', (length, bucket) => {
    expect(bucketOf(length)).toBe(bucket)
  })

  it('is exact around every power of two', () => {
    for (let bucket = smallestBucket; bucket < largestBucket; bucket *= 2) {
      expect([bucket - 1, bucket, bucket + 1].map(bucketOf)).toEqual([bucket, bucket, bucket * 2])
    }
  })

  it('ends at 1 MiB', () => {
    expect(() => bucketOf(largestBucket + 1)).toThrow(expect.objectContaining({ code: 'statement/too-large' }))
    expect(() => commitTo(salt, new Uint8Array(largestBucket + 1))).toThrow(
      expect.objectContaining({ code: 'statement/too-large' }),
    )
  })
})

describe('a commitment', () => {
  it('is SHA-256 over label, salt, length and padded content', () => {
    const data = utf8('content')
    const bytes = [
      ...utf8('tidings/content/v1\n'),
      ...salt,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      7,
      ...data,
      ...new Uint8Array(1024 - 7),
    ]
    expect(commitTo(salt, data)).toEqual(sha256(Uint8Array.from(bytes)))
  })

  it('tells zeros at the end from padding', () => {
    expect(commitTo(salt, new Uint8Array(1))).not.toEqual(commitTo(salt, new Uint8Array(2)))
    expect(commitTo(salt, new Uint8Array(1023))).not.toEqual(commitTo(salt, new Uint8Array(1024)))
  })

  it('is another under another salt: the same content is not known again', () => {
    const [one, two] = [made(10), made(10)]
    expect(one.salt).toHaveLength(32)
    expect(one.salt).not.toEqual(two.salt)
    expect(one.reference.commitment).not.toBe(two.reference.commitment)
  })
})

describe('an opening', () => {
  it.each([0, 1, 1023, 1024, 1025, largestBucket])('of %d bytes opens its commitment', (length) => {
    const content = made(length)
    expect(content.reference.bucket).toBe(bucketOf(length))
    expect(() => checkOpening(content.reference, content)).not.toThrow()
  })

  const content = made(1024)
  const { reference } = content
  it.each([
    ['another salt', reference, { ...content, salt }, '/contents/0'],
    ['a salt that is too short', reference, { ...content, salt: salt.subarray(1) }, '/contents/0/salt'],
    ['a salt that is too long', reference, { ...content, salt: new Uint8Array(33) }, '/contents/0/salt'],
    ['another byte', reference, { ...content, data: content.data.with(1023, 2) }, '/contents/0'],
    ['a byte less', reference, { ...content, data: content.data.subarray(1) }, '/contents/0'],
    ['a byte more, and so another bucket', reference, { ...content, data: new Uint8Array(1025) }, '/contents/0/data'],
    ['another bucket in the statement', { ...reference, bucket: 2048 }, content, '/contents/0/data'],
    ['another commitment in the statement', { ...reference, commitment: toBase64url(salt) }, content, '/contents/0'],
  ])('is refused with %s', (_, named, opening, field) => {
    expect(() => checkOpening(named, opening)).toThrow(expect.objectContaining({ code: 'statement/commitment', field }))
  })

  it('is refused when it is too large to have been committed to', () => {
    const opening = { salt, data: new Uint8Array(largestBucket + 1) }
    expect(() => checkOpening(reference, opening)).toThrow(expect.objectContaining({ code: 'statement/too-large' }))
  })

  it('is named where it stands among several', () => {
    expect(() => checkOpening(reference, { ...content, salt }, '/contents/3')).toThrow(
      expect.objectContaining({
        field: '/contents/3',
        message: '/contents/3: must open the commitment of the statement',
      }),
    )
  })
})
