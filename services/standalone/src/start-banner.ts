/** What is told when the service has started: where it answers, and, while it cannot do its work, what it waits for, as `/health/ready` says it. */
export function startBanner(
  { url, origin, folder }: { readonly url: string; readonly origin: string; readonly folder: string },
  waits: Readonly<Record<string, string>>,
): string[] {
  const names = Object.keys(waits)
  const width = Math.max(6, ...names.map((name) => name.length))
  const line = (name: string, says: string) => `  ${name.padEnd(width)} ${says}`
  return [
    ...(names.length === 0
      ? [`Tidings is ready at ${url}`]
      : [
          `Tidings answers at ${url}, but is not ready. It waits for:`,
          ...names.map((name) => line(name, waits[name] ?? '')),
          'docs/operating.md says how each wait ends. This is the service:',
        ]),
    line('log', origin),
    line('data', folder),
    line('look', `${url}/ and ${url}/docs`),
  ]
}
