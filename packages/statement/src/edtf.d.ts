declare module 'edtf' {
  /** Parses an EDTF expression (ISO 8601-2); throws if it is none. */
  export function parse(text: string): unknown
}
