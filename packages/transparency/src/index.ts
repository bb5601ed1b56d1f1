export { type CheckedLog, type CheckLogOptions, type CheckProgress, checkLog } from './check-log.ts'
export {
  formatTreeHead,
  parseTreeHead,
  signCheckpoint,
  type TreeHead,
  verifyCheckpoint,
} from './checkpoint.ts'
export { cosign, cosignatureKey, verifyCosignature } from './cosignature.ts'
export { importSigner, type Signer, verifyEd25519 } from './ed25519.ts'
export { decodeEntries, encodeEntries, MAX_ENTRY_SIZE } from './entry-bundle.ts'
export { type DamageCode, DamagedLogError, TransparencyError, type TransparencyErrorCode } from './errors.ts'
export { type HttpLogOptions, httpTiles, openHttpLog } from './http-log.ts'
export type { Checkpoint, LogReader } from './log-reader.ts'
export {
  type ConsistencyClaim,
  emptyRoot,
  type InclusionClaim,
  leafHash,
  merkleRoot,
  nodeHash,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'
export {
  COSIGNATURE_V1,
  ED25519,
  formatSignature,
  formatVkey,
  keyId,
  type Note,
  type NoteSignature,
  openNote,
  parseNote,
  parseVkey,
  signNoteText,
  type VerifierKey,
} from './signed-note.ts'
export type { TileSource } from './tile-source.ts'
export {
  type BundleId,
  bundlePath,
  parseTilePath,
  partialTiles,
  TILE_HEIGHT,
  TILE_WIDTH,
  type TileId,
  tilePath,
  widthAt,
} from './tiles.ts'
export { formatTlogProof, parseTlogProof, type TlogProof, verifyTlogProof } from './tlog-proof.ts'
