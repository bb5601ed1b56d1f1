import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { voidReasons } from '@tidings/exchange'
import {
  caseIds,
  contentTypes,
  delegatedKeyRoles,
  documentTypes,
  kinds,
  largestBucket,
  largestDocument,
  ownKeyRoles,
  smallestBucket,
} from '@tidings/statement'
import { describe, expect, it } from 'vitest'

const page = readFileSync(join(import.meta.dirname, '../../docs/formats.md'), 'utf8')

/** The rows of the table that begins with this header, without their code marks. */
function table(header: string): readonly (readonly string[])[] {
  const lines = page.slice(page.indexOf(`| ${header} |`)).split('\n')
  return lines
    .slice(
      2,
      lines.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    )
}

const counts = { none: '-', optional: 'may', one: '1', some: '1 to 20' } as const

describe('docs/formats.md tells what the code does', () => {
  it('of every kind of statement', () => {
    const expected = Object.values(kinds).map((kind) => {
      const { document, content } = { document: undefined, content: undefined, ...kind }
      const may = (required: boolean, types: readonly string[]) => `${required ? '' : 'may: '}${types.join(' or ')}`
      return [
        kind.kind,
        kind.stream === 'any' ? 'any' : `${kind.stream}-`,
        kind.founds ? 'yes' : '-',
        counts[kind.mechanism],
        counts[kind.to],
        counts[kind.re],
        document ? may(document.required, [document.mediaType]) : '-',
        content ? may(content.required, content.mediaTypes) : '-',
      ]
    })
    expect(table('kind | stream | founds | mechanism | to | re | document | content')).toEqual(expected)
  })

  it('of every reason for which a statement is void', () => {
    expect(table('reason | in words').map(([reason]) => reason)).toEqual([...voidReasons])
  })

  it('of every role of a key', () => {
    const roles = table('role | whose | may sign').map(([role]) => role)
    expect(roles.sort()).toEqual([...ownKeyRoles, ...delegatedKeyRoles].sort())
  })

  it('of every type of document and content, with its schema', () => {
    const documents = table('media type | schema')
    expect(documents.map(([mediaType]) => mediaType).sort()).toEqual(Object.keys(documentTypes).sort())
    const contents = table('media type | what | schema')
    expect(contents.map(([mediaType]) => mediaType).sort()).toEqual(
      [...Object.keys(contentTypes), caseIds.mediaType].sort(),
    )
    for (const [mediaType, schema] of [...documents, ...contents].map((row) => [row[0], row.at(-1)])) {
      if (schema === '-') continue
      const { $comment } = JSON.parse(readFileSync(join(import.meta.dirname, '../..', schema ?? ''), 'utf8'))
      expect($comment).toBe(mediaType)
    }
  })

  it('of every limit', () => {
    for (const limit of [largestDocument, smallestBucket, largestBucket]) {
      expect(page).toContain(limit.toLocaleString('en'))
    }
  })

  it('and points to files that are there', () => {
    for (const [, target = ''] of page.matchAll(/\]\((?!https:)([^)]+)\)/g)) {
      expect(() => readFileSync(join(import.meta.dirname, '../../docs', target))).not.toThrow(/ENOENT/)
    }
  })
})
