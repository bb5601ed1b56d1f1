import { problemTypes, type RegisterView, ServiceError } from '@tidings/client'
import type { BurialPlace, PersonFile } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { caseLine, holdsText, readable, siteLine } from './list-register.ts'
import type { Session } from './session.ts'

const person = (more: object): PersonFile => ({ names: [{ full: 'Invented Person' }], ...more }) as PersonFile
const place = (properties: BurialPlace['properties']): BurialPlace => ({ type: 'Feature', geometry: null, properties })

describe('a register, listed', () => {
  it('names a person in each script, and tells birth and number where they are known', () => {
    const names = [
      { given: 'Անուն', patronymic: 'Հայրանուն', family: 'Ազգանուն' },
      { full: 'Given Patronymic Family', script: 'Latn' },
    ]
    expect(caseLine(person({ names, birth: { date: { edtf: '1962-03' } }, fileNumber: '17' }))).toEqual([
      'Անուն Հայրանուն Ազգանուն / Given Patronymic Family',
      'born 1962-03',
      'file 17',
    ])
    expect(caseLine(person({}))).toEqual(['Invented Person'])
  })

  it('names a burial place by its names, else by where it is', () => {
    expect(siteLine(place({ names: ['Old yard'], kind: 'grave', registerNumber: 'S1' }))).toEqual([
      'Old yard',
      'grave',
      'register number S1',
    ])
    expect(siteLine(place({ locality: 'Village K' }))).toEqual(['Village K'])
    expect(siteLine(place({}))).toEqual([])
  })

  it('lists what this party may not read, or nobody can any more, without what it tells; any other failure is told', async () => {
    const entry = { latest: { statement: 'x' }, content: { commitment: 'y' } } as RegisterView
    const refusing = (name: keyof typeof problemTypes) => {
      const refusal = new ServiceError({ type: `urn:tidings:problem:${name}`, ...problemTypes[name] })
      const read = { content: () => Promise.reject(refusal) }
      return readable({ ledger: { entry: () => undefined }, connection: { read } } as unknown as Session, entry)
    }
    expect(await refusing('not-entitled')).toEqual({})
    expect(await refusing('not-found')).toEqual({})
    await expect(refusing('token-invalid')).rejects.toThrow(ServiceError)
  })

  it('is looked through in all that it tells, whatever the capitals and however accents are written', () => {
    const told = person({ lastContact: { place: { verbatim: 'Pueblo de la Peña' } }, age: 31 })
    expect(['INVENTED', 'peña', 'pen\u0303a', '31'].filter((text) => !holdsText(told, text))).toEqual([])
    expect(holdsText(told, 'elsewhere')).toBe(false)
  })
})
