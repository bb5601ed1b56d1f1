import type { z } from 'zod'

/** The rule that a value breaks, in the words of an officer; never the value. */
export function ruleOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_big')
    return issue.origin === 'string'
      ? `must have at most ${issue.maximum} characters`
      : issue.origin === 'array'
        ? `must hold at most ${issue.maximum} items`
        : `must be at most ${issue.maximum}`
  if (issue.code === 'too_small' && issue.origin === 'number') return `must be at least ${issue.minimum}`
  if (issue.code === 'invalid_type' || issue.code === 'too_small') return 'must be filled'
  return issue.message
}
