import { relative } from 'node:path'

/** What a first visitor is told: where the keys are, and commands to try. */
export function whatToTry(demonstration: { readonly folder: string }, cwd: string): string {
  const folder = relative(cwd, demonstration.folder) || '.'
  const shown = folder.startsWith('..') ? demonstration.folder : folder
  const run = (home: string, command: string) =>
    `  ./node_modules/.bin/tidings ${command} --home ${shown}/${home} --passphrase-file ${shown}/passphrase`
  return [
    'A demonstration is there: invented parties A and B and a mediator, each with its keys.',
    `  keys   ${shown}/{a,b,mediator}/keys, passphrase in ${shown}/passphrase`,
    '',
    'Try:',
    run('a', 'outstanding'),
    run('b', 'request show A-B-YEAR-00001'),
    run('b', 'acknowledge A-B-YEAR-00009'),
    run('mediator', 'timeline A-B-YEAR-00001'),
    `${run('a', 'receipt STATEMENT --out receipt')} && ./node_modules/.bin/tidings verify receipt`,
  ]
    .join('\n')
    .replaceAll('YEAR', String(new Date().getUTCFullYear()))
}
