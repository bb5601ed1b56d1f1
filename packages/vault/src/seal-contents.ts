import { checkHash, checkUuid } from './identifiers.ts'
import { newWrappedKey, seal } from './key-hierarchy.ts'
import type { NewContent, SealedContent, SealingKey } from './vault.ts'

/**
 * Seals a statement's contents without the store: all that costs time of the processor, and nothing that needs to know what is kept. Hand the result to
 * `holdSealed` of the vault that the key is of.
 *
 * @throws {RangeError} an identifier or a salt is of another form
 */
export function sealContents(
  { wrapping }: SealingKey,
  statement: string,
  contents: readonly NewContent[],
): SealedContent[] {
  checkHash(statement)
  return contents.map(({ commitment, subject, mediaType, salt, data }) => {
    if (salt.length !== 32) throw new RangeError('a salt has 32 bytes')
    checkUuid(subject)
    checkHash(commitment)
    const { key: ofSubject, wrapped: subjectKey } = newWrappedKey(wrapping)
    const { key, wrapped: wrappedKey } = newWrappedKey(ofSubject)
    const sealed = seal(key, { statement, commitment, subject, mediaType }, [salt, data])
    return { commitment, subject, mediaType, sealed, wrappedKey, subjectKey }
  })
}
