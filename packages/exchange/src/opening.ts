import type { Spoken } from './define-rule.ts'
import type { Duty } from './duty.ts'

/** What every duty says of the statement that opens it, and of the rules under which it does. */
export function opening({
  payload,
  id,
  leaf,
  rules,
}: Pick<Spoken, 'payload' | 'id' | 'leaf' | 'rules'>): Pick<Duty, 'about' | 'openedAt' | 'openedBy' | 'rulesVersion'> {
  const { about } = payload
  return { about, openedAt: leaf, openedBy: id, ...(rules && { rulesVersion: rules.version }) }
}
