import { join, relative } from 'node:path'
import { daysTold } from './days.ts'
import type { Example } from './example.ts'

/** Where things are, as they can be named where the visitor stands. */
export interface Standpoint {
  /** Homes of the demonstration's parties. */
  readonly folder: string
  /** The folder of the project. */
  readonly root: string
  readonly cwd: string
}

/** What a first visitor is told: where the keys are, what is invented, and five commands to try, as they can be typed where the visitor stands. */
export function whatToTry(example: Example, { folder, root, cwd }: Standpoint): string {
  const from = (path: string) => (relative(cwd, path).startsWith('..') ? path : `./${relative(cwd, path)}`)
  const shown = from(folder)
  const tidings = from(join(root, 'node_modules', '.bin', 'tidings'))
  const run = (home: string, command: string) =>
    `  ${tidings} ${command} --home ${shown}/${home} --passphrase-file ${shown}/passphrase`
  return [
    'A demonstration is there: parties A and B of an invented region and a mediator, each with its keys.',
    `Its first ${daysTold} days were made at the first start: the times of that part, the log's checkpoints included, are invented.`,
    `  keys   ${shown}/{a,b,mediator}/keys, passphrase in ${shown}/passphrase`,
    '',
    'Try:',
    run('a', 'outstanding'),
    run('b', `why ${example.extended} --question fate`),
    run('b', `acknowledge ${example.unacknowledged}`),
    run('mediator', `timeline ${example.decided}`),
    `${run('a', `receipt ${example.statement} --out receipt`)} && ${tidings} verify receipt --home ${shown}/a`,
  ].join('\n')
}
