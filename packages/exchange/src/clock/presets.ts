import type { Period, Rules } from '@tidings/statement'

/** What only the parties can fill in: the zone of their days, and their calendars. */
export interface PresetFor {
  readonly version: number
  /** IANA name, such as `Asia/Tbilisi`. */
  readonly zone: string
  /** Calendars by party and year. Without any, no last day moves: nobody has said which days do not count. */
  readonly calendars?: NonNullable<Rules['calendars']>
}

/**
 * `calendar-30`: thirty calendar days to reply, extended once by at most thirty with a reason. After the 30 days in which the executing authority
 * decides, extended once by at most 30 with reasons and the estimated time: Directive 2014/41/EU regarding the European Investigation Order, article 12(3)
 * and (5), https://legislation.gov.uk/eudr/2014/41/article/12/adopted/data.xht. A week to acknowledge: article 16. Six months to assess: the period in
 * which a source may contest a reply before the Working Group on Enforced or Involuntary Disappearances (methods of work, A/HRC/WGEID/102/2). Article 16 and
 * the six months are from general knowledge: to be confirmed by whoever adopts the preset.
 */
export function calendar30(by: PresetFor): Rules {
  return preset(by, 'calendar-30', {
    periods: {
      acknowledge: { n: 7, unit: 'calendar-days' },
      reply: { n: 30, unit: 'calendar-days' },
      clarify: { n: 30, unit: 'calendar-days' },
      'decide-extension': { n: 7, unit: 'calendar-days' },
      assess: { n: 6, unit: 'months' },
      'decide-referral': { n: 30, unit: 'calendar-days' },
      'accept-rules': { n: 30, unit: 'calendar-days' },
    },
    count: { whose: 'owner', roll: true },
    extension: { atMost: 1, longest: 30, decides: 'asker' },
    review: { ceiling: { n: 6, unit: 'months' }, atMost: 3 },
  })
}

/**
 * `working-20-40`: twenty working days to reply, extended once to forty, on the working days of both sides. Its proportion, one extension of at most the
 * length of the period, is that of Directive 2014/41/EU, article 12(5); its unit that of the freedom-of-information practice whose clocks the Alaveteli platform
 * keeps. No mechanism on missing persons is known to publish a period for replies: the numbers are a proposal.
 */
export function working2040(by: PresetFor): Rules {
  return preset(by, 'working-20-40', {
    periods: {
      acknowledge: { n: 5, unit: 'working-days' },
      reply: { n: 20, unit: 'working-days' },
      clarify: { n: 20, unit: 'working-days' },
      'decide-extension': { n: 5, unit: 'working-days' },
      assess: { n: 40, unit: 'working-days' },
      'decide-referral': { n: 20, unit: 'working-days' },
      'accept-rules': { n: 40, unit: 'working-days' },
    },
    count: { whose: 'both' },
    extension: { atMost: 1, longest: 20, decides: 'asker' },
    review: { ceiling: { n: 6, unit: 'months' }, atMost: 3 },
  })
}

/**
 * `urgent-14`: two weeks to reply, no extension, a reminder every two weeks, and after the third the matter is referred. After the urgent actions of the Committee on
 * Enforced Disappearances (International Convention for the Protection of All Persons from Enforced Disappearance, article 30): a reply normally within two
 * weeks, reminders when it is late, and after three reminders an invitation to a meeting.
 */
export function urgent14(by: PresetFor): Rules {
  return preset(by, 'urgent-14', {
    periods: {
      acknowledge: { n: 2, unit: 'calendar-days' },
      reply: { n: 14, unit: 'calendar-days' },
      clarify: { n: 14, unit: 'calendar-days' },
      assess: { n: 1, unit: 'months' },
      'decide-referral': { n: 14, unit: 'calendar-days' },
      'accept-rules': { n: 14, unit: 'calendar-days' },
    },
    count: { whose: 'owner', roll: false },
    extension: { atMost: 0 },
    review: { ceiling: { n: 1, unit: 'months' }, atMost: 3 },
    // biome-ignore lint/suspicious/noThenProperty: the settled name of the parameter; rules are data that nobody awaits.
    reminders: { every: 14, then: 'refer' },
  })
}

type Agreed = Pick<Rules, 'count' | 'extension' | 'review' | 'reminders'> & {
  readonly periods: { readonly [K in keyof Rules['periods']]: Period }
}

function preset({ version, zone, calendars }: PresetFor, name: string, { count, ...agreed }: Agreed): Rules {
  // A last day can move only where calendars say which days do not count.
  const roll = calendars !== undefined && count?.roll !== false
  return {
    version,
    title: { en: name },
    zone,
    ...agreed,
    count: { ...count, roll },
    ...(calendars ? { calendars } : {}),
  }
}
