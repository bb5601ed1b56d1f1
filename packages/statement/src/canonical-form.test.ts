import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { checkSchema } from './canonical-form.ts'

describe('a check by a schema', () => {
  afterEach(() => {
    z.config({ jitless: false })
    vi.restoreAllMocks()
  })
  const fault = () => {
    const schema = z.strictObject({ n: z.number() })
    expect(checkSchema(schema, { n: 1 }, 'statement/schema')).toEqual({ n: 1 })
    try {
      checkSchema(schema, { n: '1' }, 'statement/schema')
    } catch (error) {
      return error
    }
    return undefined
  }

  it('says the same where no functions are to be made, and makes none there', () => {
    const made = vi.spyOn(globalThis, 'Function')
    const usual = fault()
    expect(made).toHaveBeenCalled()
    made.mockClear()
    z.config({ jitless: true })
    expect(fault()).toEqual(usual)
    expect(usual).toMatchObject({ code: 'statement/schema', field: '/n' })
    expect(made).not.toHaveBeenCalled()
  })
})
