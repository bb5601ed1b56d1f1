/**
 * The neutral reference of a request or its like, e.g. `A-B-2026-00123`: codes of asker and addressee in their mechanism, the year of day zero
 * and the count of the asker's effective submissions to that addressee there. It tells nothing of others' traffic.
 */
export function formatReference(reference: {
  readonly asker: string
  readonly addressee: string
  readonly year: number
  readonly number: number
}): string {
  const { asker, addressee, year, number } = reference
  // Not a template: V8 keeps what a template has put together in pieces, and writes an object that holds such a text as JSON three times as slowly.
  return [asker, addressee, String(year).padStart(4, '0'), String(number).padStart(5, '0')].join('-')
}
