import { describe, expect, it } from 'vitest'
import { markOperands, unmark } from './operand-marks.ts'

const id = `-${'a'.repeat(42)}`

describe('an id that begins with a hyphen', () => {
  it('is no option for a parser of arguments, and comes out as it went in', () => {
    const [marked = '', option] = markOperands([id, '--json'])
    expect(marked.startsWith('-')).toBe(false)
    expect(option).toBe('--json')
    expect(unmark(marked)).toBe(id)
    expect(unmark({ to: [marked], json: true })).toEqual({ to: [id], json: true })
  })

  it('is only what has exactly 43 characters of base64url', () => {
    for (const other of ['-x', `${id}a`, id.slice(1), `-${'a'.repeat(41)}=`])
      expect(markOperands([other])).toEqual([other])
  })
})
