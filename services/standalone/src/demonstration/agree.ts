import { mechanisms } from '@tidings/client'
import type { Side, Voice } from './act.ts'
import { rulesOfDemonstration } from './rules.ts'
import type { Dated, World } from './world.ts'

const terms = {
  title: { en: 'Working group on missing persons of the Mirna region (invented)' },
  scope: { en: 'Persons reported missing, and burial places, of a region and of events that are invented.' },
}

/** The mechanism and its rules; a second version of them, which waits for the mediator; a week in which the mechanism stands still. */
export function agree(world: World, founding: number, agreeing: number): Dated[] {
  const { mechanism, participants, standstill } = world
  const proposal = 'mechanism'
  return [
    {
      day: founding,
      when: 'first',
      act: { key: proposal, by: 'A', make: () => mechanisms.propose({ id: mechanism, participants, terms }) },
    },
    ...(['B', 'M'] as const).map(
      (by): Dated => ({
        day: founding,
        when: 'then',
        act: {
          key: `${by} accepts the mechanism`,
          by,
          make: (told) => mechanisms.accept(mechanism, told.id(proposal)),
        },
      }),
    ),
    ...agreeOnRules(world, 1, 'A', ['B', 'M'], [agreeing, agreeing]),
    ...agreeOnRules(world, 2, 'B', ['A'], [world.next(106), world.next(110)]),
    {
      day: standstill.from,
      when: 'first',
      act: { key: 'suspension', by: 'M', make: () => mechanisms.suspend(mechanism) },
    },
    {
      day: standstill.until,
      when: 'first',
      act: { key: 'resumption', by: 'M', make: (told) => mechanisms.resume(mechanism, told.id('suspension')) },
    },
  ]
}

function agreeOnRules(
  { mechanism, cast, days }: World,
  version: number,
  by: Side,
  accepting: readonly Voice[],
  [proposed, accepted]: readonly [number, number],
): Dated[] {
  const key = `rules ${version}`
  const rules = rulesOfDemonstration(version, cast, days)
  return [
    { day: proposed, when: 'first', act: { key, by, make: () => mechanisms.proposeRules(mechanism, rules) } },
    ...accepting.map(
      (party): Dated => ({
        day: accepted,
        when: 'then',
        act: {
          key: `${party} accepts ${key}`,
          by: party,
          make: (told) => mechanisms.acceptRules(mechanism, told.id(key)),
        },
      }),
    ),
  ]
}
