import { describe, expect, it } from 'vitest'
import { defaultLimits, type LimitError, limitRows, readLimits } from './limits.ts'

describe('limits', () => {
  it('are the usual ones unless told, each by its own name', () => {
    expect(readLimits([])).toEqual(defaultLimits)
    for (const { name, usual } of limitRows) {
      const other = readLimits([[name, String(usual + 1)]])
      const changed = Object.entries(other).filter(([member, value]) => value !== defaultLimits[member as 'bodyBytes'])
      expect(changed).toHaveLength(1)
      expect(changed[0]?.[1]).toBe(usual + 1)
    }
  })

  it('say of themselves what they bound, and in what', () => {
    for (const row of limitRows) expect(row).toMatchObject({ unit: /./, what: /./ })
  })

  it.each([
    ['tea', '1', 'there is no such limit'],
    ['body-bytes', '0', 'at least 1'],
    ['body-bytes', '1.5', 'whole number'],
    ['body-bytes', 'many', 'must be a number'],
    ['receipt-seconds', '0', 'at least 1'],
    ['receipt-seconds', '2147484', 'at most 2147483'],
    ['bodyBytes', '1', 'there is no such limit'],
  ])('refuse %s=%s', (name, value, rule) => {
    expect(() => readLimits([[name, value]])).toThrow(
      expect.objectContaining({ limit: name, message: expect.stringContaining(rule) }) as LimitError,
    )
  })
})
