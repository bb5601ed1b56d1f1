declare module 'edtf' {
  /** What an EDTF expression (ISO 8601-2) spans: first and last millisecond, infinite where it is open. Throws if it is none. */
  // biome-ignore lint/style/noDefaultExport: the library's own form
  export default function edtf(text: string): { readonly min: number; readonly max: number }
}
