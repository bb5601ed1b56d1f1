/**
 * Stable codes of what stops an import:
 * - `import/not-a-table`: the file is neither CSV nor an XLSX or XLSM workbook, or is damaged;
 * - `import/encrypted`: the workbook is protected by a password;
 * - `import/encoding`: the encoding is unknown, or the text is not in it;
 * - `import/no-such-sheet`, `import/no-such-column`: the file does not hold what the mapping names;
 * - `import/empty`: there is no header row;
 * - `import/header`: a column has no name, or two have the same;
 * - `import/malformed-csv`: quotes that do not close, or stand in the middle of a cell;
 * - `import/mapping`: the mapping file does not fit its schema.
 *
 * What is wrong with a single row stops nothing: that row is refused, and named.
 */
export type ImportErrorCode =
  | 'import/not-a-table'
  | 'import/encrypted'
  | 'import/encoding'
  | 'import/no-such-sheet'
  | 'import/no-such-column'
  | 'import/empty'
  | 'import/header'
  | 'import/malformed-csv'
  | 'import/mapping'

/** A file or a mapping cannot be used. The message says what to do; it never repeats a value of a row. */
export class ImportError extends Error {
  override name = 'ImportError'
  readonly code: ImportErrorCode
  constructor(code: ImportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
