import { existsSync } from 'node:fs'
import { glob, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { problemTypes } from '@tidings/client/contract'
import { limitRows } from '@tidings/service-kit'
import { describe, expect, it } from 'vitest'

const api = new URL('../docs/api.md', import.meta.url)
const marker = /<!-- problems: [^>]* -->\n/

/** The registry of problems as a table. */
function problemTable(): string {
  const rows = Object.entries(problemTypes).map(([name, { status, title }]) => `| \`${name}\` | ${status} | ${title} |`)
  return ['', '| name | status | title |', '| --- | --- | --- |', ...rows, ''].join('\n')
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
    const file = new URL('../docs/operating.md', import.meta.url)
    const rows = limitRows.map(({ name, usual, unit, what }) => `| \`${name}\` | ${usual} | ${unit} | ${what} |`)
    const table = ['', '| name | unless told | unit | what |', '| --- | --- | --- | --- |', ...rows, '', ''].join('\n')
    const [before = '', , after = ''] = (await readFile(file, 'utf8')).split(
      /(?<=<!-- limits: .* -->\n)|(?=<!-- end of limits -->)/,
    )
    if (process.env.TIDINGS_UPDATE_DOCS === '1') await writeFile(file, before + table + after)
    expect(after).not.toBe('')
    expect(await readFile(file, 'utf8')).toBe(before + table + after)
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
