import type { RequestView } from '@tidings/client'

/** What a request is about, in words. */
export function matterText({ type, ...about }: RequestView['matter']): string {
  switch (type) {
    case 'case':
      return `case ${about.case}`
    case 'burial-place':
      return about.site === undefined ? 'a burial place' : `burial place ${about.site}`
    case 'group':
      return `a group of ${about.count} unnamed persons`
    case 'records':
      return 'a body of records'
    default:
      return type
  }
}
