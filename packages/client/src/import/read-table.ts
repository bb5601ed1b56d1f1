import { ImportError } from './import-error.ts'
import { readCsv } from './read-csv.ts'
import { readXlsx } from './read-xlsx.ts'
import type { Table, TableSource } from './table.ts'

/**
 * Opens a table of a CSV file, or of an XLSX or XLSM workbook; which of them is told from the content, not from the name.
 *
 * Nothing is lost on the way: a number stays a number, a date its count of days, a text keeps its white space. CSV is read as a stream. A
 * workbook is read from memory, its rows one at a time.
 *
 * @param file the file: in a browser a `File`, in Node what `openAsBlob` of `node:fs` gives
 * @throws {ImportError} if it is no table, is encrypted, has no such sheet, or its header cannot be used; `rows()` throws later if the file turns
 * out to be malformed further down
 */
export async function openTable(file: Blob, source: TableSource = {}): Promise<Table> {
  const head = new Uint8Array(await file.slice(0, 8).arrayBuffer())
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04])) return readXlsx(file, source)
  if (startsWith(head, [0xd0, 0xcf, 0x11, 0xe0])) throw await compoundFileError(file)
  return readCsv(file, source)
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte)
}

/** A compound file (MS-CFB) is either an encrypted workbook, which keeps an `EncryptedPackage` (MS-OFFCRYPTO 2.3.1), or of an older format. */
async function compoundFileError(file: Blob): Promise<ImportError> {
  const text = new TextDecoder('latin1').decode(await file.arrayBuffer())
  const utf16 = [...'EncryptedPackage'].join('\0')
  if (text.includes(utf16)) {
    return new ImportError(
      'import/encrypted',
      'the workbook is protected by a password: open it in a spreadsheet program and save a copy without one',
    )
  }
  return new ImportError(
    'import/not-a-table',
    'the file is of an older format (such as .xls): open it in a spreadsheet program and save it as .xlsx',
  )
}
