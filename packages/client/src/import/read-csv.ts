import { Readable } from 'node:stream'
import { CsvError, type Options, parse } from 'csv-parse'
import { ImportError } from './import-error.ts'
import { checkHeader, type Table, type TableRow, type TableSource } from './table.ts'

/**
 * Opens a CSV file (RFC 4180) in any encoding and with any delimiter. Quoted cells may hold delimiters, quotes and lines; a byte order mark
 * tells the encoding, whatever the mapping says: so a table of refused rows can be imported with the mapping of the original.
 *
 * @throws {ImportError} `import/encoding`, `import/empty`, `import/header`, `import/malformed-csv`, `import/not-a-table`
 */
export async function readCsv(file: Blob, { encoding = 'utf-8', delimiter = ',' }: TableSource): Promise<Table> {
  let bytesRead = 0
  const marked = await markedEncoding(file)
  const records = () => {
    bytesRead = 0
    return readRecords(file, marked ?? encoding, delimiter, (bytes) => {
      bytesRead += bytes
    })
  }
  const header = checkHeader(await firstRecord(records()))
  return {
    format: 'csv',
    header,
    rows: () => rowsBelow(header.length, records()),
    progress: () => ({ bytesRead, bytesTotal: file.size }),
  }
}

/** The encoding that a byte order mark tells (Encoding Standard, 6.1). */
async function markedEncoding(file: Blob): Promise<string | undefined> {
  const [a, b, c] = new Uint8Array(await file.slice(0, 3).arrayBuffer())
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  return a === 0xff && b === 0xfe ? 'utf-16le' : undefined
}

async function firstRecord(records: AsyncIterable<readonly string[]>): Promise<readonly string[]> {
  for await (const record of records) return record
  return []
}

async function* rowsBelow(width: number, records: AsyncIterable<readonly string[]>): AsyncGenerator<TableRow> {
  let row = 0
  for await (const record of records) {
    row++
    if (row === 1 || record.every((text) => text.trim() === '')) continue
    const cells = Array.from({ length: width }, (_, i) => record[i] || null)
    const surplus = record.slice(width)
    if (record.length < width) yield { row, cells, ragged: { missing: width - record.length } }
    else if (surplus.some((text) => text.trim() !== '')) yield { row, cells, ragged: { surplus } }
    else yield { row, cells }
  }
}

async function* readRecords(
  file: Blob,
  encoding: string,
  delimiter: string,
  read: (bytes: number) => void,
): AsyncGenerator<readonly string[]> {
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      read(chunk.length)
      controller.enqueue(chunk)
    },
  })
  const text = file.stream().pipeThrough(counter).pipeThrough(decoder(encoding)).pipeThrough(refuseBinary())
  const options: Options = { delimiter, relax_column_count: true, skip_empty_lines: false, info: false }
  const source = Readable.fromWeb(text as Parameters<typeof Readable.fromWeb>[0])
  const parser = parse(options)
  // `pipe` alone would leave the parser waiting for ever when the source fails.
  source.on('error', (error) => parser.destroy(error))
  try {
    for await (const record of source.pipe(parser)) yield record as string[]
  } catch (error) {
    throw csvError(error, encoding)
  } finally {
    source.destroy()
  }
}

function decoder(encoding: string): TextDecoderStream {
  try {
    return new TextDecoderStream(encoding, { fatal: true })
  } catch (cause) {
    throw new ImportError(
      'import/encoding',
      `"${encoding}" is no known encoding: name one such as utf-8, windows-1252, windows-1251 or utf-16le`,
      { cause },
    )
  }
}

/** No text holds NUL: a file that does is of another format, or in another encoding (such as UTF-16). */
function refuseBinary(): TransformStream<string, string> {
  return new TransformStream({
    transform(text, controller) {
      if (text.includes('\0'))
        throw new ImportError(
          'import/not-a-table',
          'the file is no table that can be read: it must be CSV in the encoding that the mapping names, or an XLSX or XLSM workbook',
        )
      controller.enqueue(text)
    },
  })
}

function csvError(error: unknown, encoding: string): unknown {
  if (error instanceof CsvError) {
    // Its message shows what it stumbled over, which may be about a person: only the line is passed on.
    const line = typeof error.lines === 'number' ? ` near line ${error.lines}` : ''
    return new ImportError(
      'import/malformed-csv',
      `the quotes of the file do not match${line} (${error.code}): write a quote inside a cell twice, and check the delimiter`,
    )
  }
  if (error instanceof TypeError)
    return new ImportError('import/encoding', `the file is not in ${encoding}: name its encoding in the mapping`, {
      cause: error,
    })
  return error
}
