import { existsSync } from 'node:fs'
import { glob, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { problemTypes } from '@tidings/client/contract'
import { type FieldType, importFields, importTargets } from '@tidings/client/import'
import { calendar30, urgent14, voidReasons, working2040 } from '@tidings/exchange'
import { limitRows } from '@tidings/service-kit'
import type { Period, Rules } from '@tidings/statement'
import { describe, expect, it } from 'vitest'

const api = new URL('../docs/api.md', import.meta.url)
const marker = /<!-- problems: [^>]* -->\n/

/** The registry of problems as a table. */
function problemTable(): string {
  const rows = Object.entries(problemTypes).map(([name, { status, title }]) => `| \`${name}\` | ${status} | ${title} |`)
  return ['', '| name | status | title |', '| --- | --- | --- |', ...rows, ''].join('\n')
}

/** Holds a table between its markers in a guide to what the code says; writes it anew where that is wanted. */
async function holds(guide: string, name: string, lines: readonly string[]): Promise<void> {
  const file = new URL(`../docs/${guide}`, import.meta.url)
  const table = ['', ...lines, '', ''].join('\n')
  const markers = new RegExp(`(?<=<!-- ${name}: .* -->\\n)|(?=<!-- end of ${name} -->)`)
  const parts = (await readFile(file, 'utf8')).split(markers)
  const [before = '', after = ''] = [parts[0], parts.at(-1)]
  if (process.env.TIDINGS_UPDATE_DOCS === '1') await writeFile(file, before + table + after)
  expect(after).not.toBe('')
  expect(await readFile(file, 'utf8')).toBe(before + table + after)
}

describe('the guides tell what the code says', () => {
  it('docs/api.md lists every type of problem (TIDINGS_UPDATE_DOCS=1 writes the table anew)', async () => {
    const text = await readFile(api, 'utf8')
    const [line = ''] = marker.exec(text) ?? []
    const upToTable = text.slice(0, text.indexOf(line) + line.length)
    if (process.env.TIDINGS_UPDATE_DOCS === '1') await writeFile(api, upToTable + problemTable())
    expect(line).not.toBe('')
    expect(await readFile(api, 'utf8')).toBe(upToTable + problemTable())
  })

  it('docs/operating.md lists every limit with what it is unless told (TIDINGS_UPDATE_DOCS=1 writes the table anew)', async () => {
    const rows = limitRows.map(({ name, usual, unit, what }) => `| \`${name}\` | ${usual} | ${unit} | ${what} |`)
    await holds('operating.md', 'limits', [
      '| name | unless told | unit | what |',
      '| --- | --- | --- | --- |',
      ...rows,
    ])
  })

  it('docs/cli-tables.md lists every field that a mapping can name (TIDINGS_UPDATE_DOCS=1 writes the table anew)', async () => {
    const holdsOf = (field: FieldType) =>
      field.type === 'vocabulary' ? field.words.map((word) => `\`${word}\``).join(', ') : field.type
    const rows = importTargets.flatMap((target) =>
      [...importFields(target)].map(([path, field]) => `| \`${target}\` | \`${path}\` | ${holdsOf(field)} |`),
    )
    await holds('cli-tables.md', 'fields', ['| target | field | holds |', '| --- | --- | --- |', ...rows])
  })

  it('docs/exchange.md lists every reason for which a statement is void, and formats.md says what each means (TIDINGS_UPDATE_DOCS=1 writes the table anew)', async () => {
    const rows = voidReasons.map((reason) => {
      const { status, title } = problemTypes[reason]
      return `| \`${reason}\` | ${title} | ${status} |`
    })
    await holds('exchange.md', 'verdicts', [
      '| reason | why the statement is void | status |',
      '| --- | --- | --- |',
      ...rows,
    ])
    const formats = await readFile(new URL('../docs/formats.md', import.meta.url), 'utf8')
    expect(voidReasons.filter((reason) => !formats.includes(`\n| \`${reason}\` | `))).toEqual([])
  })

  it('docs/exchange.md tells the periods of the presets (TIDINGS_UPDATE_DOCS=1 writes the table anew)', async () => {
    const presets = [calendar30, working2040, urgent14].map((preset) =>
      preset({ version: 1, zone: 'UTC', calendars: [] }),
    )
    const period = (of?: Period) =>
      of ? `${of.n} ${of.unit.replace('-', ' ').slice(0, of.n === 1 ? -1 : undefined)}` : '-'
    const row = (what: string, told: (rules: Rules) => string) => `| ${what} | ${presets.map(told).join(' | ')} |`
    const kinds = [...new Set(presets.flatMap(({ periods }) => Object.keys(periods)))] as (keyof Rules['periods'])[]
    await holds('exchange.md', 'presets', [
      row('', ({ title }) => `\`${title?.en}\``),
      row('---', () => '---'),
      ...kinds.map((kind) => row(`\`${kind}\``, ({ periods }) => period(periods[kind]))),
      row('extensions', ({ extension }) =>
        extension?.atMost ? `${extension.atMost}, by at most ${extension.longest}` : 'none',
      ),
      row('`review` at the latest', ({ review }) => period(review?.ceiling)),
      row('whose days count', ({ count }) => (count?.whose === 'both' ? 'both sides’' : 'the owner’s')),
      row('last day moves to a working day', ({ count }) => (count?.roll ? 'yes, under calendars' : 'no')),
      row('after the third reminder', ({ reminders }) =>
        reminders?.then === 'refer' ? 'the question is referred' : 'nothing',
      ),
    ])
  })

  it('every file and folder of the house that a guide names is there', async () => {
    const root = fileURLToPath(new URL('..', import.meta.url))
    const guides = ['README.md', 'SECURITY.md', 'CHANGELOG.md']
    for await (const file of glob('docs/**/*.md', { cwd: root })) guides.push(file)
    const missing: string[] = []
    for (const guide of guides) {
      const text = await readFile(join(root, guide), 'utf8')
      for (const [, link] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
        if (link && !existsSync(join(root, dirname(guide), link))) missing.push(`${guide}: ${link}`)
      }
      for (const [, path] of text.matchAll(/`((?:packages|services|test|docs|schemas)\/[\w./-]+)`/g)) {
        if (path && !existsSync(join(root, path))) missing.push(`${guide}: ${path}`)
      }
    }
    expect(missing).toEqual([])
  })
})
