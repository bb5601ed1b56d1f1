/** Words in which the specifications of the exchange are written: given, when, then. No part of the package's door. */
export * from './acts.ts'
export * from './expectations.ts'
export * from './given.ts'
export { invented, partyOf, thing } from './parties.ts'
