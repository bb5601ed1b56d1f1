import { ImportError } from './import-error.ts'
import { openTable } from './read-table.ts'
import type { TableSource } from './table.ts'

const sampleBytes = 256 * 1024
const sampleRows = 50
const delimiters = [',', ';', '\t', '|'] as const

/**
 * Guesses how a CSV file is written: its encoding from the bytes, its delimiter from what makes rows as wide as their header.
 *
 * @returns nothing for workbooks, which tell themselves
 */
export async function detectSource(file: Blob): Promise<Pick<TableSource, 'encoding' | 'delimiter'>> {
  const head = new Uint8Array(await file.slice(0, sampleBytes).arrayBuffer())
  if (head[0] === 0x50 && head[1] === 0x4b) return {}
  const encoding = guessEncoding(head)
  let best: { delimiter: string; score: number } | undefined
  for (const delimiter of delimiters) {
    const score = await evenness(file, { encoding, delimiter })
    if (score > (best?.score ?? 0)) best = { delimiter, score }
  }
  return {
    ...(encoding !== 'utf-8' && { encoding }),
    ...(best && best.delimiter !== ',' && { delimiter: best.delimiter }),
  }
}

/** Share of rows that are as wide as the header, more for wider ones; 0 for a single column or a file that cannot be read so. */
async function evenness(file: Blob, source: TableSource): Promise<number> {
  try {
    const table = await openTable(file, source)
    if (table.header.length < 2) return 0
    let rows = 0
    let even = 0
    for await (const { ragged } of table.rows()) {
      rows++
      if (!ragged) even++
      if (rows === sampleRows) break
    }
    return (rows === 0 ? 1 : even / rows) * (1 + table.header.length / 1000)
  } catch (error) {
    if (error instanceof ImportError) return 0
    throw error
  }
}

/**
 * UTF-8 tells itself: other texts hardly ever fit it. Of the one-byte encodings, Cyrillic is told by its letters standing side by side, Turkish by
 * the letters that it has where Western Europe has Icelandic ones.
 */
function guessEncoding(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return bytes.includes(0) ? guessUtf16(bytes) : 'utf-8'
  if (bytes.includes(0)) return guessUtf16(bytes)
  const isHigh = (byte: number | undefined) => byte !== undefined && byte >= 0xc0
  let high = 0
  let besides = 0
  let turkish = 0
  bytes.forEach((byte, i) => {
    if (!isHigh(byte)) return
    high++
    if (isHigh(bytes[i - 1]) || isHigh(bytes[i + 1])) besides++
    if ([0xd0, 0xdd, 0xde, 0xf0, 0xfd, 0xfe].includes(byte)) turkish++
  })
  if (besides > high * 0.6) return 'windows-1251'
  return turkish > high * 0.2 ? 'windows-1254' : 'windows-1252'
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    // A letter cut in two at the end of the sample is no fault.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

function guessUtf16(bytes: Uint8Array): string {
  return bytes[0] === 0 ? 'utf-16be' : 'utf-16le'
}
