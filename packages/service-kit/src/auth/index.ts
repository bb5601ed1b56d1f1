export { newTokenKey } from './access-token.ts'
export { type ReaderAuth, type ReaderAuthOptions, readerAuth } from './reader-auth.ts'
export type { AuthenticatedReader, CurrentKey, FindKey, Reader } from './reader-keys.ts'
export { tokenRoute } from './token-route.ts'
