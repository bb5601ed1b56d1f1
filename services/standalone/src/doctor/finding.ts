/** What one look has found: `ok`; `attention`: it works, but not for long or not as it should; `fault`: something will be refused or lost. */
export type FindingState = 'ok' | 'attention' | 'fault'

/** One finding, in words for whoever runs the service. Never anything of a content. */
export interface Finding {
  /** What was looked at, as a stable word. */
  readonly check: string
  readonly state: FindingState
  readonly says: string
  /** What to do about it, unless nothing is to be done. */
  readonly todo?: string
}

/** Makes findings of one check. */
export function findingsOf(check: string) {
  return {
    ok: (says: string): Finding => ({ check, state: 'ok', says }),
    attention: (says: string, todo: string): Finding => ({ check, state: 'attention', says, todo }),
    fault: (says: string, todo: string): Finding => ({ check, state: 'fault', says, todo }),
  }
}
