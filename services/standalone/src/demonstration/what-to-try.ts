import { join, relative } from 'node:path'
import type { Demonstration } from './seed.ts'

/**
 * What a first visitor is told: where the keys are, and five commands to try, as they can be typed where the visitor stands.
 *
 * @param root the folder of the project
 */
export function whatToTry(demonstration: Demonstration, root: string, cwd: string): string {
  const from = (path: string) => (relative(cwd, path).startsWith('..') ? path : `./${relative(cwd, path)}`)
  const shown = from(demonstration.folder)
  const tidings = from(join(root, 'node_modules', '.bin', 'tidings'))
  const run = (home: string, command: string) =>
    `  ${tidings} ${command} --home ${shown}/${home} --passphrase-file ${shown}/passphrase`
  const year = new Date().getUTCFullYear()
  return [
    'A demonstration is there: invented parties A and B and a mediator, each with its keys.',
    `  keys   ${shown}/{a,b,mediator}/keys, passphrase in ${shown}/passphrase`,
    '',
    'Try:',
    run('a', 'outstanding'),
    run('b', `request show A-B-${year}-00001`),
    run('b', `acknowledge A-B-${year}-00009`),
    run('mediator', `timeline A-B-${year}-00001`),
    `${run('a', `receipt ${demonstration.statement} --out receipt`)} && ${tidings} verify receipt --home ${shown}/a`,
  ].join('\n')
}
