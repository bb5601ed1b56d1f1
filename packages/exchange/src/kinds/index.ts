import type { Kind, PayloadOf, StreamPrefix } from '@tidings/statement'
import type { Rule } from '../define-rule.ts'
import { disclosureAcknowledge } from './disclosure-acknowledge.ts'
import { disclosureMake } from './disclosure-make.ts'
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
import { registerEntry } from './register-entry.ts'
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
import { correctInDisclosure, correctInRequest } from './statement-correct.ts'
import { retractInDisclosure, retractInRequest } from './statement-retract.ts'

/** A kind that has a rule of its own: a release has none, it lets the draft's rule speak. */
export type RuledKind = Exclude<Kind, 'statement.release'>
/** Kinds that mean something else in each stream. */
type OfStreams = 'statement.correct' | 'statement.retract'

const rules = {
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
  'case.describe': registerEntry('case.describe', 'case'),
  'list.publish': registerEntry('list.publish', 'list'),
  'site.describe': registerEntry('site.describe', 'site'),
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
} as const satisfies Record<Exclude<RuledKind, OfStreams>, unknown>

const ofStreams = {
  'statement.correct': { request: correctInRequest, disclosure: correctInDisclosure },
  'statement.retract': { request: retractInRequest, disclosure: retractInDisclosure },
} as const satisfies Record<OfStreams, unknown>

/** The rule of what is said. The caller hands it the thing of the statement's own stream, which is what the tables above guarantee. */
export function ruleOf(payload: PayloadOf): Rule<Kind, StreamPrefix> {
  const kind = payload.kind as RuledKind
  const rule = isOfStreams(kind) ? ofStreams[kind][(payload as PayloadOf<OfStreams>).body.stream] : rules[kind]
  return rule as unknown as Rule<Kind, StreamPrefix>
}

function isOfStreams(kind: RuledKind): kind is OfStreams {
  return Object.hasOwn(ofStreams, kind)
}
