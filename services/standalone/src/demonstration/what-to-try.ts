import { relative } from 'node:path'
import type { Demonstration } from './seed.ts'

/** What a first visitor is told: where the keys are, and five commands to try. */
export function whatToTry(demonstration: Demonstration, cwd: string): string {
  const folder = relative(cwd, demonstration.folder)
  const shown = folder.startsWith('..') ? demonstration.folder : folder
  const tidings = './node_modules/.bin/tidings'
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
