import { caseDescribe } from './case-describe.ts'
import { disclosureAcknowledge } from './disclosure-acknowledge.ts'
import { disclosureMake } from './disclosure-make.ts'
import { listPublish } from './list-publish.ts'
import { mechanismAccept } from './mechanism-accept.ts'
import { mechanismAcceptRules } from './mechanism-accept-rules.ts'
import { mechanismLeave } from './mechanism-leave.ts'
import { mechanismPropose } from './mechanism-propose.ts'
import { mechanismProposeRules } from './mechanism-propose-rules.ts'
import { mechanismResume } from './mechanism-resume.ts'
import { mechanismSuspend } from './mechanism-suspend.ts'
import { partyDelegate } from './party-delegate.ts'
import { partyDescribe } from './party-describe.ts'
import { partyEndDelegation } from './party-end-delegation.ts'
import { partyInception } from './party-inception.ts'
import { partyRevokeKey } from './party-revoke-key.ts'
import { partyRotateKeys } from './party-rotate-keys.ts'
import { requestAcknowledge } from './request-acknowledge.ts'
import { requestAskClarification } from './request-ask-clarification.ts'
import { requestAskExtension } from './request-ask-extension.ts'
import { requestAssess } from './request-assess.ts'
import { requestClarify } from './request-clarify.ts'
import { requestDecideExtension } from './request-decide-extension.ts'
import { requestDecideReferral } from './request-decide-referral.ts'
import { requestRefer } from './request-refer.ts'
import { requestRemind } from './request-remind.ts'
import { requestReopen } from './request-reopen.ts'
import { requestReply } from './request-reply.ts'
import { requestReturn } from './request-return.ts'
import { requestSubmit } from './request-submit.ts'
import { requestWithdraw } from './request-withdraw.ts'
import { siteDescribe } from './site-describe.ts'
import { statementCorrect } from './statement-correct.ts'
import { statementRelease } from './statement-release.ts'
import { statementRetract } from './statement-retract.ts'

/** Every kind of statement, by its name. */
export const kinds = {
  'party.inception': partyInception,
  'party.rotate-keys': partyRotateKeys,
  'party.revoke-key': partyRevokeKey,
  'party.delegate': partyDelegate,
  'party.end-delegation': partyEndDelegation,
  'party.describe': partyDescribe,
  'mechanism.propose': mechanismPropose,
  'mechanism.accept': mechanismAccept,
  'mechanism.propose-rules': mechanismProposeRules,
  'mechanism.accept-rules': mechanismAcceptRules,
  'mechanism.suspend': mechanismSuspend,
  'mechanism.resume': mechanismResume,
  'mechanism.leave': mechanismLeave,
  'case.describe': caseDescribe,
  'list.publish': listPublish,
  'site.describe': siteDescribe,
  'request.submit': requestSubmit,
  'request.return': requestReturn,
  'request.acknowledge': requestAcknowledge,
  'request.ask-clarification': requestAskClarification,
  'request.clarify': requestClarify,
  'request.ask-extension': requestAskExtension,
  'request.decide-extension': requestDecideExtension,
  'request.reply': requestReply,
  'request.assess': requestAssess,
  'request.refer': requestRefer,
  'request.decide-referral': requestDecideReferral,
  'request.remind': requestRemind,
  'request.withdraw': requestWithdraw,
  'request.reopen': requestReopen,
  'disclosure.make': disclosureMake,
  'disclosure.acknowledge': disclosureAcknowledge,
  'statement.release': statementRelease,
  'statement.correct': statementCorrect,
  'statement.retract': statementRetract,
} as const

/** Name of a kind of statement. */
export type Kind = keyof typeof kinds

/** Payload of a statement, of one kind or of any. */
export type PayloadOf<K extends Kind = Kind> = { [N in Kind]: NonNullable<(typeof kinds)[N]['payload']['_output']> }[K]

/** Whether a text names a kind. */
export function isKind(text: unknown): text is Kind {
  return typeof text === 'string' && Object.hasOwn(kinds, text)
}
