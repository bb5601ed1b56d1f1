import type { CommandFile } from './command.ts'

/** A command in the table: its place, its line in the help, and the file that does it, loaded only when it is called. */
export interface TableEntry {
  readonly path: string
  readonly arguments?: string
  readonly summary: string
  // Each command has options of its own: what it takes is between it and what it declares.
  readonly load: () => Promise<CommandFile<never>>
}

/** Groups of commands. */
export const groups: Readonly<Record<string, string>> = {
  party: 'your party: its keys and its description',
  mechanism: 'the framework under which parties exchange',
  import: 'registers from spreadsheets',
  case: 'case files of your register',
  site: 'burial places of your register',
  list: 'published lists of case files',
  request: 'requests to the other side',
}

/** Every command. */
export const commandTable: readonly TableEntry[] = [
  {
    path: 'serve',
    summary: 'run Tidings on this machine',
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  {
    path: 'party create',
    summary: 'begin a party: make its keys and record its inception',
    load: async () => (await import('./commands/party-create.ts')).partyCreate,
  },
  {
    path: 'party show',
    arguments: '[party]',
    summary: 'keys and description of a party, your own unless named',
    load: async () => (await import('./commands/party-show.ts')).partyShow,
  },
  {
    path: 'party describe',
    summary: "state your party's names and how to reach it",
    load: async () => (await import('./commands/party-describe.ts')).partyDescribe,
  },
  {
    path: 'party delegate',
    summary: 'let an officer act under a key of their own',
    load: async () => (await import('./commands/party-delegate.ts')).partyDelegate,
  },
  {
    path: 'party end-delegation',
    arguments: '<key>',
    summary: "end an officer's key in the ordinary way",
    load: async () => (await import('./commands/party-end-delegation.ts')).partyEndDelegation,
  },
  {
    path: 'party revoke-key',
    arguments: '<key>',
    summary: 'revoke a key: whatever it signs from then on is void',
    load: async () => (await import('./commands/party-revoke-key.ts')).partyRevokeKey,
  },
  {
    path: 'mechanism propose',
    summary: 'propose who takes part, in which role and under which code',
    load: async () => (await import('./commands/mechanism-propose.ts')).mechanismPropose,
  },
  {
    path: 'mechanism accept',
    arguments: '<mechanism>',
    summary: 'accept the proposal that waits for you',
    load: async () => (await import('./commands/mechanism-accept.ts')).mechanismAccept,
  },
  {
    path: 'mechanism show',
    arguments: '[mechanism]',
    summary: 'who takes part, and what has been proposed',
    load: async () => (await import('./commands/mechanism-show.ts')).mechanismShow,
  },
  {
    path: 'mechanism propose-rules',
    arguments: '[file]',
    summary: 'propose the next version of the rules: periods, calendars, who decides',
    load: async () => (await import('./commands/mechanism-propose-rules.ts')).mechanismProposeRules,
  },
  {
    path: 'mechanism accept-rules',
    arguments: '[mechanism]',
    summary: 'accept the rules that wait for you',
    load: async () => (await import('./commands/mechanism-accept-rules.ts')).mechanismAcceptRules,
  },
  {
    path: 'mechanism rules',
    arguments: '[mechanism]',
    summary: 'each version of the rules, and who has accepted it',
    load: async () => (await import('./commands/mechanism-rules.ts')).mechanismRules,
  },
  {
    path: 'mechanism suspend',
    arguments: '[mechanism]',
    summary: 'let the mechanism stand still until you resume it',
    load: async () => (await import('./commands/mechanism-suspend.ts')).mechanismSuspend,
  },
  {
    path: 'mechanism resume',
    arguments: '[mechanism]',
    summary: 'end your suspension',
    load: async () => (await import('./commands/mechanism-resume.ts')).mechanismResume,
  },
  {
    path: 'mechanism leave',
    arguments: '<mechanism>',
    summary: 'take part no more; nothing that is owed is discharged',
    load: async () => (await import('./commands/mechanism-leave.ts')).mechanismLeave,
  },
  {
    path: 'import cases',
    arguments: '<file>',
    summary: 'case files from a CSV, XLSX or XLSM table',
    load: async () => (await import('./commands/import-cases.ts')).importCases,
  },
  {
    path: 'import sites',
    arguments: '<file>',
    summary: 'burial places from a CSV, XLSX or XLSM table',
    load: async () => (await import('./commands/import-sites.ts')).importSites,
  },
  {
    path: 'case list',
    summary: 'case files that you may see, with their ids',
    load: async () => (await import('./commands/case-list.ts')).caseList,
  },
  {
    path: 'site list',
    summary: 'burial places that you may see, with their ids',
    load: async () => (await import('./commands/site-list.ts')).siteList,
  },
  {
    path: 'list publish',
    summary: 'publish the list of your case files as of today',
    load: async () => (await import('./commands/list-publish.ts')).listPublish,
  },
  {
    path: 'request submit',
    summary: 'ask about one case, or about every case of a list',
    load: async () => (await import('./commands/request-submit.ts')).requestSubmit,
  },
  {
    path: 'request list',
    summary: 'requests that you may see',
    load: async () => (await import('./commands/request-list.ts')).requestList,
  },
  {
    path: 'request show',
    arguments: '<request>',
    summary: 'one request, its questions and what is owed',
    load: async () => (await import('./commands/request-show.ts')).requestShow,
  },
  {
    path: 'request withdraw',
    arguments: '[request]',
    summary: 'take a request back',
    load: async () => (await import('./commands/request-withdraw.ts')).requestWithdraw,
  },
  {
    path: 'request ask-clarification',
    arguments: '[request]',
    summary: 'ask back about questions that you owe a reply to',
    load: async () => (await import('./commands/request-ask-clarification.ts')).requestAskClarification,
  },
  {
    path: 'request clarify',
    arguments: '[request]',
    summary: 'answer a question back, or complete what was returned',
    load: async () => (await import('./commands/request-clarify.ts')).requestClarify,
  },
  {
    path: 'request return',
    arguments: '[request]',
    summary: 'state that a request is incomplete, and what is missing',
    load: async () => (await import('./commands/request-return.ts')).requestReturn,
  },
  {
    path: 'request ask-extension',
    arguments: '[request]',
    summary: 'ask for more time',
    load: async () => (await import('./commands/request-ask-extension.ts')).requestAskExtension,
  },
  {
    path: 'request decide-extension',
    arguments: '[request]',
    summary: 'grant or refuse more time',
    load: async () => (await import('./commands/request-decide-extension.ts')).requestDecideExtension,
  },
  {
    path: 'request remind',
    arguments: '[request]',
    summary: 'remind of what is owed, or of all that is due; no clock is touched',
    load: async () => (await import('./commands/request-remind.ts')).requestRemind,
  },
  {
    path: 'request refer',
    arguments: '[request]',
    summary: 'bring questions before whoever decides referrals',
    load: async () => (await import('./commands/request-refer.ts')).requestRefer,
  },
  {
    path: 'request decide-referral',
    arguments: '<request>',
    summary: 'decide on what was referred',
    load: async () => (await import('./commands/request-decide-referral.ts')).requestDecideReferral,
  },
  {
    path: 'request reopen',
    arguments: '<request>',
    summary: 'open questions again that you had closed',
    load: async () => (await import('./commands/request-reopen.ts')).requestReopen,
  },
  {
    path: 'disclose',
    arguments: '[site]',
    summary: 'transmit one burial place, or all that you have described',
    load: async () => (await import('./commands/disclose.ts')).disclose,
  },
  {
    path: 'acknowledge',
    arguments: '[id]',
    summary: 'state that a request or disclosure was received',
    load: async () => (await import('./commands/acknowledge.ts')).acknowledge,
  },
  {
    path: 'reply',
    arguments: '[request]',
    summary: 'answer a request, or a table of them',
    load: async () => (await import('./commands/reply.ts')).reply,
  },
  {
    path: 'assess',
    arguments: '[request]',
    summary: 'state what you make of an answer, or a table of them',
    load: async () => (await import('./commands/assess.ts')).assess,
  },
  {
    path: 'correct',
    arguments: '<statement>',
    summary: 'replace what you stated last, from here on',
    load: async () => (await import('./commands/correct.ts')).correct,
  },
  {
    path: 'retract',
    arguments: '<statement>',
    summary: 'take back what you stated last, from here on',
    load: async () => (await import('./commands/retract.ts')).retract,
  },
  {
    path: 'release',
    arguments: '[statement]',
    summary: 'release a draft, or all of this home: it counts from then on',
    load: async () => (await import('./commands/release.ts')).release,
  },
  {
    path: 'outstanding',
    summary: 'what is owed by you, beside what is owed to you',
    load: async () => (await import('./commands/outstanding.ts')).outstanding,
  },
  {
    path: 'reminders',
    summary: 'the reminders that are due, and their letters',
    load: async () => (await import('./commands/reminders.ts')).reminders,
  },
  {
    path: 'why',
    arguments: '<duty>',
    summary: "a duty's date, and each step that leads to it",
    load: async () => (await import('./commands/why.ts')).why,
  },
  {
    path: 'calculate',
    arguments: '<duty>',
    summary: "what an act would do to a duty's date, before anything is signed",
    load: async () => (await import('./commands/calculate.ts')).calculate,
  },
  {
    path: 'calendar',
    summary: 'write due dates as a calendar file',
    load: async () => (await import('./commands/calendar.ts')).calendar,
  },
  {
    path: 'timeline',
    arguments: '<request>',
    summary: 'what was stated in a request, oldest first',
    load: async () => (await import('./commands/timeline.ts')).timeline,
  },
  {
    path: 'watch',
    summary: 'print what is recorded, as it is recorded',
    load: async () => (await import('./commands/watch.ts')).watch,
  },
  {
    path: 'receipt',
    arguments: '<statement>',
    summary: 'write the evidence of a statement to a folder',
    load: async () => (await import('./commands/receipt.ts')).receipt,
  },
  {
    path: 'verify',
    arguments: '<files...>',
    summary: 'verify evidence or a whole log offline',
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  {
    path: 'doctor',
    summary: 'look whether all is well with a service or a home, and say what to do',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    path: 'backup',
    summary: 'make a checked copy of a data folder while its service is at work',
    load: async () => (await import('./commands/backup.ts')).backup,
  },
  {
    path: 'restore',
    summary: 'make a data folder of a backup',
    load: async () => (await import('./commands/restore.ts')).restore,
  },
  {
    path: 'rebuild',
    summary: 'make the views of a stopped service anew from its record',
    load: async () => (await import('./commands/rebuild.ts')).rebuild,
  },
]
