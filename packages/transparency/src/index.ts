export { type CheckedLog, type CheckLogOptions, type CheckProgress, checkLog } from './check-log.ts'
export { signCheckpoint, type TreeHead, verifyCheckpoint } from './checkpoint.ts'
export { importSigner, type Signer } from './ed25519.ts'
export { type DamageCode, DamagedLogError, TransparencyError, type TransparencyErrorCode } from './errors.ts'
export { type HttpLogOptions, httpTiles, openHttpLog } from './http-log.ts'
export type { Checkpoint, LogReader } from './log-reader.ts'
export {
  type ConsistencyClaim,
  type InclusionClaim,
  leafHash,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'
export { formatVkey, parseVkey, type VerifierKey } from './signed-note.ts'
export type { TileSource } from './tile-source.ts'
export { type BundleId, parseTilePath, type TileId } from './tiles.ts'
export { formatProofPaths, formatTlogProof, parseTlogProof, type TlogProof, verifyTlogProof } from './tlog-proof.ts'
