import type { Server } from '@tidings/service-kit'

interface Described {
  readonly form: RegExp
  /** URIs of problems by status. */
  readonly problems: Readonly<Record<string, readonly string[]>>
}

interface Document {
  readonly paths: Readonly<
    Record<string, { readonly get?: { readonly responses: Readonly<Record<string, { $ref?: string }>> } }>
  >
  readonly components: { readonly responses: Readonly<Record<string, unknown>> }
}

/** A check that fails when a reading is refused with a problem that the OpenAPI document does not say it may be refused with. */
export function declaredProblems(server: Server): (path: string, status: number, type: string) => void {
  let described: readonly Described[] | undefined
  return (path, status, type) => {
    described ??= describe(server)
    const [pathname = ''] = path.split('?')
    const found = described.find(({ form }) => form.test(pathname))
    if (found && !found.problems[status]?.includes(type)) {
      throw new Error(`GET ${pathname} was refused with ${type}, which its description does not know for ${status}`)
    }
  }
}

function describe(server: Server): readonly Described[] {
  const { paths, components } = server.swagger() as unknown as Document
  return Object.entries(paths).map(([path, { get }]) => ({
    form: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
    problems: Object.fromEntries(
      Object.entries(get?.responses ?? {}).map(([status, { $ref = '' }]) => {
        const answer = JSON.stringify(components.responses[$ref.slice('#/components/responses/'.length)] ?? {})
        return [status, [...answer.matchAll(/urn:tidings:problem:[a-z-]+/g)].map(([uri]) => uri)]
      }),
    ),
  }))
}
