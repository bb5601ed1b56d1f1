/** How the command ends. Scripts rely on these numbers. */
export const exitCodes = {
  ok: 0,
  error: 1,
  cancelled: 2,
  usage: 3,
  key: 4,
  verificationFailed: 5,
  conflict: 6,
  rateLimited: 7,
  nothingToDo: 8,
} as const

/** How the command ends. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
