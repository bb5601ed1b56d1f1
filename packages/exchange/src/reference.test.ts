import { describe, expect, it } from 'vitest'
import { formatReference } from './reference.ts'

describe('formatReference', () => {
  it('names asker, addressee, year and number', () => {
    expect(formatReference({ asker: 'A', addressee: 'B', year: 2026, number: 123 })).toBe('A-B-2026-00123')
  })

  it('grows beyond five digits rather than repeat itself', () => {
    expect(formatReference({ asker: 'A', addressee: 'B', year: 2026, number: 123456 })).toBe('A-B-2026-123456')
  })
})
