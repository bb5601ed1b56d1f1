import {
  type BurialPlace,
  burialPlace,
  caseIds,
  encodeCaseIds,
  listManifest,
  newThingId,
  type PersonFile,
  personFile,
  toBase64url,
} from '@tidings/statement'
import { merkleRoot } from '@tidings/transparency'
import { jsonContent, jsonDocument, type Unsigned } from './unsigned.ts'

/** A party's file on one person reported missing. Without an id it is a new case. */
export function describeCase(
  file: PersonFile,
  options: { readonly id?: string; readonly aud?: readonly string[] } = {},
): Unsigned<'case.describe'> {
  const about = options.id ?? newThingId()
  return {
    kind: 'case.describe',
    about,
    ...(options.aud?.length && { aud: options.aud }),
    body: {},
    contents: [jsonContent(about, personFile.mediaType, file)],
  }
}

/** A party's own register entry of a burial place. It tells nobody. Without an id it is a new entry. */
export function describeSite(
  place: BurialPlace,
  options: { readonly id?: string; readonly aud?: readonly string[] } = {},
): Unsigned<'site.describe'> {
  const about = options.id ?? newThingId()
  return {
    kind: 'site.describe',
    about,
    ...(options.aud?.length && { aud: options.aud }),
    body: {},
    contents: [jsonContent(about, burialPlace.mediaType, place)],
  }
}

/**
 * A party's list of case files, as of a date: the manifest is public to whoever may see the list, the ids are content.
 *
 * @param list `version` is 1 for a new list, else one more than that of the last publication
 */
export function publishList(list: {
  readonly id?: string
  readonly version: number
  /** `YYYY-MM-DD`. */
  readonly asOf: string
  readonly cases: readonly string[]
  readonly mechanism?: string
  readonly aud?: readonly string[]
}): Unsigned<'list.publish'> {
  const about = list.id ?? newThingId()
  const data = encodeCaseIds(list.cases)
  const ids = Array.from({ length: data.length / 16 }, (_, i) => data.subarray(i * 16, i * 16 + 16))
  const manifest = {
    version: list.version,
    asOf: list.asOf,
    count: ids.length,
    root: toBase64url(merkleRoot(ids)),
  }
  return {
    kind: 'list.publish',
    about,
    ...(list.mechanism && { mechanism: list.mechanism }),
    ...(list.aud?.length && { aud: list.aud }),
    body: {},
    document: jsonDocument(listManifest.mediaType, manifest),
    contents: [{ subject: about, mediaType: caseIds.mediaType, data }],
  }
}
