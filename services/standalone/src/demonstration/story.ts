import type { Round } from './act.ts'
import { agree } from './agree.ts'
import { ask } from './ask.ts'
import { chanceOf } from './chance.ts'
import type { Days } from './days.ts'
import { disclose } from './disclose.ts'
import { keepRegisters } from './keep-registers.ts'
import { type Dated, upTo, type World } from './world.ts'

/**
 * All that is stated after the parties have begun, in rounds, from the first day to the last. The same for the same days and parties: only keys, salts and
 * what follows from them differ from one telling to the next.
 */
export function storyOf(world: World): Round[] {
  const [founding = 0, agreeing = 0, describing = 0, listing = 0] = upTo(12).filter(world.isActive)
  const told = Map.groupBy(
    [
      ...agree(world, founding, agreeing),
      ...keepRegisters(world, describing, listing),
      ...disclose(world),
      ...ask(world),
    ],
    ({ day }) => day,
  )
  return [...told].toSorted(([one], [other]) => one - other).flatMap(([day, acts]) => roundsOf(world.days, day, acts))
}

// What is counted in order goes with what need not: one request carries both.
const rounds = [['first'], ['then'], ['meanwhile', 'in-order']] as const

function roundsOf(days: Days, day: number, acts: readonly Dated[]): Round[] {
  const chance = chanceOf(`hours of day ${day}`)
  // Within working hours, each round some time after the one before.
  let minutes = chance.int(0, 90)
  return rounds.flatMap((whens) => {
    minutes += chance.int(7, 60)
    const said = whens.flatMap((when) => acts.filter((dated) => dated.when === when))
    if (said.length === 0) return []
    const inOrder = said.some(({ when }) => when === 'in-order')
    return [{ at: days.at(day, minutes), acts: said.map(({ act }) => act), ...(inOrder && { inOrder }) }]
  })
}
