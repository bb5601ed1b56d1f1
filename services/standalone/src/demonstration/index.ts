export { daysBefore, daysTold } from './days.ts'
export { passphrase, seedDemonstration } from './seed.ts'
export type { Size } from './world.ts'
