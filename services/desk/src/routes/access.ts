/** A row of the table "Who sees what" in README.md. */
export type AccessRow =
  | 'rules, participants, their keys'
  | 'a statement and its timeline'
  | 'content'
  | 'case files, own burial places'
  | 'lists of case files'

/**
 * Which row of the table "Who sees what" each route answers by. A route that does not stand here is not registered: whoever adds one says first
 * who may see what it shows. `who-sees-what.test.ts` asks each of them, as every role, for everything.
 */
export const routeAccess: Readonly<Record<string, AccessRow>> = {
  '/v1/changes': 'a statement and its timeline',
  '/v1/parties/:id': 'rules, participants, their keys',
  '/v1/parties/:id/outstanding': 'a statement and its timeline',
  '/v1/mechanisms': 'rules, participants, their keys',
  '/v1/mechanisms/:id': 'rules, participants, their keys',
  '/v1/requests': 'a statement and its timeline',
  '/v1/requests/:id': 'a statement and its timeline',
  '/v1/requests/:id/timeline': 'a statement and its timeline',
  '/v1/duties/:id': 'a statement and its timeline',
  '/v1/duties/:id/calculation': 'a statement and its timeline',
  '/v1/deadlines.ics': 'a statement and its timeline',
  '/v1/reminders': 'a statement and its timeline',
  '/v1/disclosures': 'a statement and its timeline',
  '/v1/disclosures/:id': 'a statement and its timeline',
  '/v1/disclosures/:id/timeline': 'a statement and its timeline',
  '/v1/cases': 'case files, own burial places',
  '/v1/cases/:id': 'case files, own burial places',
  '/v1/lists': 'lists of case files',
  '/v1/lists/:id': 'lists of case files',
  '/v1/sites': 'case files, own burial places',
  '/v1/sites/:id': 'case files, own burial places',
  '/v1/statements/:id': 'a statement and its timeline',
  '/v1/statements/:id/receipt': 'a statement and its timeline',
  '/v1/contents/:commitment': 'content',
}
