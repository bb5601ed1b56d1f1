import { readFile, writeFile } from 'node:fs/promises'
import { problemTypes } from '@tidings/client/contract'
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
})
