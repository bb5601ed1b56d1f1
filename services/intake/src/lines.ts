const lineFeed = 0x0a

/** The lines of a body, without their line feeds; the last one need not end in one. */
export function linesOf(body: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let from = 0; from < body.length; ) {
    const end = body.indexOf(lineFeed, from)
    const to = end < 0 ? body.length : end
    lines.push(body.subarray(from, to))
    from = to + 1
  }
  return lines
}
