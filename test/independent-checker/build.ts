import { spawnSync } from 'node:child_process'

/** A checker that has been built, or why it cannot be. */
export type BuiltChecker = { readonly check: (...args: readonly string[]) => Checked } | { readonly obstacle: string }

/** What the checker said, and its exit code: 0 in order, 1 damaged, 2 not checked. */
interface Checked {
  readonly status: number | null
  readonly says: string
}

/** Builds the independent checker into a file. */
export function buildChecker(file: string): BuiltChecker {
  const built = spawnSync('go', ['build', '-o', file, '.'], { cwd: import.meta.dirname, encoding: 'utf8' })
  if (built.error !== undefined) return { obstacle: 'there is no go on this machine' }
  if (built.status !== 0) return { obstacle: `go cannot build it: ${built.stderr.trim().split('\n').at(-1)}` }
  return {
    check: (...args) => {
      const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' })
      return { status, says: (stdout + stderr).trim() }
    },
  }
}
