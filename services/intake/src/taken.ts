import type { Receipt } from '@tidings/client/contract'

/** A statement that has been recorded, now or before. Its proof is in two parts: statements of one request share the checkpoint. */
export interface Taken {
  readonly id: string
  readonly leaf: number
  /** The JWS as it was recorded. */
  readonly statement: string
  /** What stands before the checkpoint in its proof. */
  readonly path: string
  readonly checkpoint: string
  /** True if it had been recorded before. */
  readonly repeated: boolean
}

/** The receipt of a statement. */
export function receiptOf({ id, leaf, statement, path, checkpoint }: Taken): Receipt {
  return { id, leaf, statement, proof: path + checkpoint }
}
