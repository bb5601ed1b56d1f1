export { EvidenceError, type EvidenceErrorCode, type EvidencePart } from './errors.ts'
export type { Finding, Findings, ProvenCode, UnprovenCode } from './findings.ts'
export type { Receipted } from './recorded.ts'
export { type Evidence, verifyReceipt } from './verify-receipt.ts'
