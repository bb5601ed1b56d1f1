/** Stable codes of what can be wrong with evidence. */
export type EvidenceErrorCode =
  | 'evidence/vkey'
  | 'evidence/statement'
  | 'evidence/signature'
  | 'evidence/key-not-shown'
  | 'evidence/proof'
  | 'evidence/checkpoint'
  | 'evidence/inclusion'
  | 'evidence/document'
  | 'evidence/content'
  | 'evidence/split-view'

/**
 * A part of the evidence: `vkey`; of the statement that is to be proven `statement`, `proof`, `document`, `contents/0`; of the statements handed in
 * beside it `keys/0/statement`, `keys/0/proof`, `streams/0/statement`, `streams/0/proof`. Numbers are places in the list handed in.
 */
export type EvidencePart = string

/** A part of the evidence does not hold. Names the part and the rule it breaks, never a value: it may be about a person. */
export class EvidenceError extends Error {
  override name = 'EvidenceError'
  readonly code: EvidenceErrorCode
  readonly part: EvidencePart
  readonly rule: string
  constructor(code: EvidenceErrorCode, part: EvidencePart, rule: string, options?: ErrorOptions) {
    super(`${part}: ${rule}`, options)
    this.code = code
    this.part = part
    this.rule = rule
  }
}
