import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const shared = join(import.meta.dirname, '../../../../shared/vectors')

/**
 * Specifications read from published vectors beside the project. Where that folder is absent they are shown as skipped, by name; with
 * `TIDINGS_REQUIRE_SHARED=1` they fail.
 */
export function describeVectors(title: string, folder: string, specify: (path: string) => void): void {
  const path = join(shared, folder)
  if (existsSync(path)) describe(title, () => specify(path))
  else if (process.env.TIDINGS_REQUIRE_SHARED === '1')
    it(title, () => expect.fail(`../shared/vectors/${folder} is not beside the project, and TIDINGS_REQUIRE_SHARED=1`))
  else it.skip(`${title}: NOT CHECKED, ../shared/vectors/${folder} is not beside the project`, () => {})
}
