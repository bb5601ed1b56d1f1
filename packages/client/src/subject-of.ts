import { fromBase64url, type Kind, textOf } from '@tidings/statement'

/** Kind and thing of a statement that we have just signed: it needs no second look. */
export function subjectOf(jws: string): { readonly kind: Kind; readonly about: string } {
  return JSON.parse(textOf(fromBase64url(jws.split('.')[1] ?? ''))) as { kind: Kind; about: string }
}
