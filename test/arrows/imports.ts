import { parseSync, Visitor } from 'oxc-parser'

/** One way in which a module names another. */
export interface Import {
  readonly specifier: string
  /** `url`: `new URL('./file.ts', import.meta.url)`, as what is to run in a thread or a process of its own is named. */
  readonly how: 'import' | 'url'
}

/**
 * Every import of a module, those of types included, as the parser finds them.
 *
 * @throws Error where the source does not parse, or imports something that is only known when it runs.
 */
export function importsOf(path: string, source: string): readonly Import[] {
  const { program, errors } = parseSync(path, source)
  const [error] = errors
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`)
  const found: Import[] = []
  const imported = (specifier: string) => found.push({ specifier, how: 'import' })
  new Visitor({
    ImportDeclaration: (node) => imported(node.source.value),
    ExportAllDeclaration: (node) => imported(node.source.value),
    ExportNamedDeclaration: (node) => node.source !== null && imported(node.source.value),
    TSImportType: (node) => imported(node.source.value),
    ImportExpression: ({ source }) => {
      if (source.type !== 'Literal' || typeof source.value !== 'string')
        throw new Error(`${path} imports something that is only known when it runs`)
      imported(source.value)
    },
    NewExpression: ({ callee, arguments: [target] }) => {
      if (callee.type !== 'Identifier' || callee.name !== 'URL' || target?.type !== 'Literal') return
      if (typeof target.value === 'string' && /^\..*\.[jt]s$/.test(target.value))
        found.push({ specifier: target.value, how: 'url' })
    },
  }).visit(program)
  return found
}
