export { type AccessTokens, accessTokens, type TokenOptions } from './access-token.ts'
export { type Connection, type ConnectOptions, connect, discoverVkey } from './connect.ts'
export * from './contract/index.ts'
export { ClientError, type ClientErrorCode, ServiceError, SplitViewError } from './errors.ts'
export type { ChangeSeen, FollowChanges } from './follow-changes.ts'
export type { FollowedLog, FollowOptions } from './follow-log.ts'
export {
  type Lack,
  minimumLacks,
  minimumLacksOfCase,
  requestFileOn,
  type ToldRequest,
  unknownMinimumFields,
} from './minimum.ts'
export { type Author, type Prepared, prepare, submissionOf } from './prepare.ts'
export type { AnswerOf, Asked, ConditionalName, Kept, QueryOf, ReadAgain, Reads } from './reads.ts'
export { draftReminders, type LetterFrom, type ReminderDraft, reminderLetter } from './reminder-drafts.ts'
export { type Agreed, type RulesDifference, rulesDifferences, rulesInWords } from './rules-in-words.ts'
export type { Fetch, Wait } from './send.ts'
export type { KeptStatement, Repeat } from './send-many.ts'
export * as corrections from './statements/corrections.ts'
export * as disclosures from './statements/disclosures.ts'
export * as drafts from './statements/drafts.ts'
export * as mechanisms from './statements/mechanisms.ts'
export * as parties from './statements/parties.ts'
export * as register from './statements/register.ts'
export * as requests from './statements/requests.ts'
export { audienceOf, type Unsigned, type UnsignedContent } from './statements/unsigned.ts'
export {
  type KeptSubmission,
  type Planned,
  type SubmissionLedger,
  type SubmitManyOptions,
  type SubmitOutcome,
  type SubmitProgress,
  type SubmitSummary,
  submitMany,
} from './submit-many.ts'
