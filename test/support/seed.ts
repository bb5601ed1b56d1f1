import fc from 'fast-check'

// The same cases each time, so that a check says the same of the same code; TIDINGS_SEED tries others: a number, or "random".
const told = process.env.TIDINGS_SEED
if (told !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(told ?? 20_311_123) })
