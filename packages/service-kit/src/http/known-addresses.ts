import findMyWay from 'find-my-way'

/** The methods that each address of a service takes. */
export interface KnownAddresses {
  add(methods: readonly string[], pattern: string): void
  /** The methods that an address takes; none when there is no such address. */
  methodsOf(target: string): readonly string[]
}

const asked = ['GET', 'HEAD', 'POST'] as const

/** Keeps the addresses of a service beside its router, which does not say what other method an address would take. */
export function knownAddresses(): KnownAddresses {
  const router = findMyWay({ maxParamLength: 200 })
  return {
    add(methods, pattern) {
      for (const method of asked) {
        if (methods.includes(method) && !router.hasRoute(method, pattern)) router.on(method, pattern, () => {})
      }
    },
    methodsOf: (target) => asked.filter((method) => router.find(method, target.replace(/[?#].*$/, '')) !== null),
  }
}
