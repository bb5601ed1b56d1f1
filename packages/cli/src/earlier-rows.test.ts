import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { register } from '@tidings/client'
import { type Ledger, openLedger } from '@tidings/client/ledger'
import { type PersonFile, sha256, toBase64url, utf8 } from '@tidings/statement'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { earlierRows } from './earlier-rows.ts'

let folder: string
let ledger: Ledger
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-earlier-'))
  ledger = openLedger(join(folder, 'ledger.db'))
})
afterEach(async () => {
  ledger[Symbol.dispose]()
  await rm(folder, { recursive: true })
})

const person = (family: string): PersonFile => ({ names: [{ family }] }) as PersonFile

/** Keeps what describes a case, and its receipt if it has a leaf. */
function keep(key: string, family: string, { id, leaf }: { id?: string; leaf?: number } = {}) {
  const { kind, about, contents = [] } = register.describeCase(person(family), id === undefined ? {} : { id })
  const payload = toBase64url(utf8(JSON.stringify({ v: 1, kind, about, key })))
  const statement = `${toBase64url(utf8('{}'))}.${payload}.${toBase64url(new Uint8Array(64))}`
  const data = contents.map((content) => ({ salt: toBase64url(new Uint8Array(32)), data: toBase64url(content.data) }))
  const entry = { key, id: toBase64url(sha256(utf8(statement))), submission: { statement, contents: data } }
  ledger.batch('import').add([entry])
  if (leaf !== undefined)
    ledger.batch('import').recorded([{ key, receipt: { id: entry.id, leaf, statement, proof: 'proof\n' } }])
  return { thing: about, statement: entry.id }
}

const earlier = (key: string, family: string) =>
  earlierRows(ledger, 'import')(key, register.describeCase(person(family)))

describe('a row that was imported before', () => {
  it('is known by its key, and differs when it says something else', () => {
    const kept = keep('row', 'Alpha', { leaf: 3 })
    expect(earlier('row', 'Alpha')).toEqual({ ...kept, differs: false, isRecorded: true })
    expect(earlier('row', 'Beta')).toEqual({ ...kept, differs: true, isRecorded: true })
    expect(earlier('another', 'Alpha')).toBeUndefined()
  })

  it('is compared with what was stated of it last', () => {
    const { thing } = keep('row', 'Alpha', { leaf: 3 })
    const updated = keep('row after', 'Beta', { id: thing, leaf: 7 })
    expect(earlier('row', 'Beta')).toEqual({ ...updated, thing, differs: false, isRecorded: true })
    expect(earlier('row', 'Alpha')).toMatchObject({ statement: updated.statement, differs: true })
  })

  it('is compared with what was signed while nothing is recorded of it: that is what will be sent', () => {
    const kept = keep('row', 'Alpha')
    expect(earlier('row', 'Beta')).toEqual({ ...kept, differs: true, isRecorded: false })
    const { thing } = keep('other', 'Alpha', { leaf: 3 })
    keep('other after', 'Beta', { id: thing })
    expect(earlier('other', 'Beta'), 'what is not recorded does not stand yet').toMatchObject({ differs: true })
  })
})
