import { describe, expect, it } from 'vitest'
import { utf8 } from './encoding.ts'
import { decodeEventData, encodeEventData, jwsBytesOf } from './event-data.ts'

describe('the data of an event', () => {
  it('is the JWS as it was signed, a line feed, and its document', () => {
    expect(encodeEventData({ jws: 'a.b.c' })).toEqual(utf8('a.b.c\n'))
    expect(encodeEventData({ jws: 'a.b.c', document: utf8('{}') })).toEqual(utf8('a.b.c\n{}'))
  })

  it('is read as it was written, whatever the document holds', () => {
    for (const document of [utf8('{}'), utf8('\n'), utf8('{"a":"\\n"}\n\n'), Uint8Array.of(0xff, 0x0a, 0)]) {
      expect(decodeEventData(encodeEventData({ jws: 'a.b.c', document }))).toEqual({ jws: 'a.b.c', document })
      expect(jwsBytesOf(encodeEventData({ jws: 'a.b.c', document }))).toEqual(utf8('a.b.c'))
    }
    expect(decodeEventData(encodeEventData({ jws: 'a.b.c' }))).toEqual({ jws: 'a.b.c' })
  })

  it('is refused without a line feed, or when what stands before it is no text', () => {
    for (const bytes of [new Uint8Array(), utf8('a.b.c'), Uint8Array.of(0xff, 0x0a)]) {
      expect(() => decodeEventData(bytes)).toThrow(
        expect.objectContaining({ code: 'statement/encoding', field: 'event' }),
      )
    }
  })
})
