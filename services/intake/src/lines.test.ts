import { describe, expect, it } from 'vitest'
import { linesOf } from './lines.ts'

const lines = (text: string) => linesOf(new TextEncoder().encode(text)).map((line) => new TextDecoder().decode(line))

describe('the lines of a body', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\nb', ['a', 'b']],
    ['a\n\nb\n', ['a', '', 'b']],
    ['\n', ['']],
    ['a\r\n', ['a\r']],
  ])('%j', (body, expected) => expect(lines(body)).toEqual(expected))
})
