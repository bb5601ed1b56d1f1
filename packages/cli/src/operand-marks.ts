// Ids of parties and statements are 43 characters of base64url and may begin with a hyphen, where a parser of arguments sees an option. No argument
// of a process can hold a NUL, so one before such an id marks it as what it is.
const mark = '\0'
const idWithHyphen = /^-[A-Za-z0-9_-]{42}$/

/** Marks ids among the arguments that look like options. */
export function markOperands(argv: readonly string[]): string[] {
  return argv.map((argument) => (idWithHyphen.test(argument) ? mark + argument : argument))
}

/** Takes the marks away again, from texts and from lists and members of texts. */
export function unmark<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll(mark, '') as T
  if (Array.isArray(value)) return value.map(unmark) as T
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unmark(member)])) as T
  }
  return value
}
