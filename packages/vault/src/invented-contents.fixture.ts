import { createHash, randomBytes } from 'node:crypto'
import type { NewContent, Origin } from './vault.ts'

/** The digest of a text, as identities and commitments are written. */
export function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** Where a statement of a test would be recorded. */
export function from(statement: string): Origin {
  return { statement, stream: 'site-0198c0de-0000-7000-8000-000000000001' }
}

/** A content that says a text, about the first subject unless told. */
export function content(text: string, overrides: Partial<NewContent> = {}): NewContent {
  return {
    commitment: hash(text),
    subject: subjectOf(0),
    mediaType: 'application/json',
    salt: randomBytes(32),
    data: new TextEncoder().encode(text),
    ...overrides,
  }
}

/** A subject of a test, the same for the same number. */
export function subjectOf(number: number): string {
  return `0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}`
}
