// What the service opens besides connections: stores, tiles, the guard, and what comes and goes.
const forItself = 300

/** How many connections may be open, so that files can still be opened: never more than the machine lets this process have. */
export function connectionsThatFit(wanted: number, openFiles = mayOpen()): number {
  return Math.max(1, Math.min(wanted, openFiles - forItself))
}

/** How many files the machine lets this process have open; a connection is one. */
function mayOpen(): number {
  const report: typeof process.report & { excludeNetwork?: boolean } = process.report
  const before = report.excludeNetwork ?? false
  // Looking names of hosts up would take time, and says nothing of files.
  report.excludeNetwork = true
  const { userLimits } = report.getReport() as unknown as {
    readonly userLimits?: { readonly open_files?: { readonly soft?: number | 'unlimited' } }
  }
  report.excludeNetwork = before
  const soft = userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY
}
