import { type Check, checks, type Vectors } from '../vectors/check.ts'

/** What came of one check. */
export interface Outcome {
  readonly title: Check['title']
  /** What was found to be wrong, or nothing. */
  readonly fault?: string
}

/** Runs every check, in whatever runs this. */
async function runChecks(vectors: Vectors): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const { title, run } of checks) {
    try {
      await run(vectors)
      outcomes.push({ title })
    } catch (error) {
      outcomes.push({ title, fault: String(error) })
    }
  }
  return outcomes
}

// The test finds it on the page.
Object.assign(globalThis, { runChecks })
