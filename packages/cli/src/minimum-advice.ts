import type { Lack, MechanismView } from '@tidings/client'
import type { Rules } from '@tidings/statement'
import { usageError } from './command-error.ts'
import type { Output } from './output.ts'
import { rulesInForce } from './rules-meant.ts'

/** The rules that are in force, if they agree on minimum data. */
export function minimumIn(view: Pick<MechanismView, 'rules'> | undefined): Rules | undefined {
  const rules = view && rulesInForce(view)?.rules
  return rules?.minimum === undefined ? undefined : rules
}

/** How many of many lack what of the agreed minimum. */
export interface LacksOfMany {
  add(lacks: readonly Lack[]): void
  /** Those that lack something, of how many. */
  readonly lacking: number
  readonly looked: number
  /** How many lack each field. */
  byField(): Readonly<Record<string, number>>
}

/** Counts what many lack. */
export function lacksOfMany(): LacksOfMany {
  const counts = new Map<string, number>()
  let [lacking, looked] = [0, 0]
  return {
    add(lacks) {
      looked++
      if (lacks.length > 0) lacking++
      for (const { field } of lacks) counts.set(field, (counts.get(field) ?? 0) + 1)
    },
    get lacking() {
      return lacking
    },
    get looked() {
      return looked
    },
    byField: () => Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a)),
  }
}

/** Advises before anything is signed. Nothing follows from it. */
export function adviseOfMany({ message }: Output, { lacking, looked, byField }: LacksOfMany, what: string): void {
  if (lacking === 0) return
  message(`${lacking} of ${looked} ${what} lack something of the agreed minimum:`)
  for (const [field, count] of Object.entries(byField())) message(`  ${field}: ${count}`)
  message('This is advice: nothing follows from it.')
}

/**
 * Advises on one request before it is signed.
 *
 * @throws {CommandError} it lacks something, and that is not to be
 */
export function adviseOfOne({ message }: Output, lacks: readonly Lack[], strict: boolean): void {
  if (lacks.length === 0) return
  const fields = lacks.map(({ field }) => field).join(', ')
  if (strict) throw usageError(`The agreed minimum also asks for ${fields}. Nothing was stated.`)
  message(`The agreed minimum also asks for ${fields}. This is advice: nothing follows from it.`)
}
