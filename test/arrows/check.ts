import { dirname, join } from 'node:path/posix'
import { shortName, type Workspace } from './house.ts'
import { type Import, importsOf } from './imports.ts'

/** The plan that the house is held to. */
export interface Plan {
  /**
   * What each workspace package may import of ours: `'vault'` for every door of a package, `'client/contract'` for one door,
   * `'anything'` for what stands outside of the plan. A package that is not named breaks the plan.
   */
  readonly arrows: Readonly<Record<string, readonly string[] | 'anything'>>
  /** Files that may start one file outside of their package as a process of its own, without importing it. */
  readonly starts: Readonly<Record<string, string>>
  /** Doors that import no module of Node, by whatever way: `'statement'`, `'transparency/proofs'`. */
  readonly pure: readonly string[]
}

/** An import, and the file of ours that it leads to, if it leads to one. */
interface Arrow extends Import {
  readonly file: string
  readonly target?: string
}

const OURS = '@tidings/'

/** Each way in which the house breaks its plan, as a sentence; none if it keeps it. */
export function breaches(house: readonly Workspace[], plan: Plan): readonly string[] {
  const arrows = new Map<string, readonly Arrow[]>()
  const found: string[] = []
  for (const workspace of house) {
    if (!Object.hasOwn(plan.arrows, workspace.name)) found.push(`${workspace.name} is not in the plan`)
    found.push(...declared(workspace, plan))
    for (const [file, source] of workspace.sources) {
      const outgoing = importsOf(file, source).map((one) => ({ ...one, file, ...resolve(house, file, one.specifier) }))
      arrows.set(file, outgoing)
      found.push(...outgoing.flatMap((arrow) => refused(workspace, arrow, plan)))
    }
  }
  return [...found, ...impure(house, plan, arrows), ...cycles(arrows)]
}

/** Dependencies in package.json that the plan does not allow. */
function declared({ name, manifest, folder }: Workspace, plan: Plan): readonly string[] {
  return Object.keys({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies })
    .filter((dependency) => dependency.startsWith(OURS))
    .map(shortName)
    .filter((to) => !allows(plan, name, to, 'some door'))
    .map((to) => `${folder}/package.json depends on ${to}: ${name} may not`)
}

function refused({ name, folder }: Workspace, arrow: Arrow, plan: Plan): readonly string[] {
  const { specifier, how, file, target } = arrow
  if (specifier.startsWith('.')) {
    if (target?.startsWith(`${folder}/`)) return []
    const starts = how === 'url' && (plan.arrows[name] === 'anything' || plan.starts[file] === target)
    return starts ? [] : [`${file} reaches out of its package to ${specifier}`]
  }
  if (!specifier.startsWith(OURS)) return []
  const door = shortName(specifier)
  if (target === undefined) return [`${file} imports ${specifier}, which is no door of that package`]
  if (allows(plan, name, door, 'this door')) return []
  return [`${file} imports ${specifier}: ${name} may not`]
}

function allows(plan: Plan, from: string, door: string, which: 'this door' | 'some door'): boolean {
  const allowed = plan.arrows[from] ?? []
  const [name = ''] = door.split('/')
  if (allowed === 'anything' || from === name || allowed.includes(name)) return true
  return which === 'this door' ? allowed.includes(door) : allowed.some((one) => one.startsWith(`${name}/`))
}

function resolve(house: readonly Workspace[], file: string, specifier: string): { readonly target?: string } {
  if (specifier.startsWith('.')) return { target: join(dirname(file), specifier) }
  const target = specifier.startsWith(OURS) ? doorOf(house, shortName(specifier)) : undefined
  return target === undefined ? {} : { target }
}

/** The file behind a door: `packages/vault/src/sqlite/index.ts` of `vault/sqlite`. */
function doorOf(house: readonly Workspace[], door: string): string | undefined {
  const [name, ...rest] = door.split('/')
  const workspace = house.find((one) => one.name === name)
  const file = workspace?.manifest.exports?.[['.', ...rest].join('/')]
  return workspace === undefined || file === undefined ? undefined : join(workspace.folder, file)
}

function impure(house: readonly Workspace[], plan: Plan, arrows: ReadonlyMap<string, readonly Arrow[]>) {
  return plan.pure.flatMap((door) => {
    const entry = doorOf(house, door)
    if (entry === undefined) return [`${door} is no door`]
    const reached = new Set([entry])
    for (const file of reached)
      for (const { target } of arrows.get(file) ?? []) if (target !== undefined) reached.add(target)
    return [...reached]
      .flatMap((file) => arrows.get(file) ?? [])
      .filter(({ specifier }) => specifier.startsWith('node:'))
      .map(({ file, specifier }) => `${file} imports ${specifier}, and ${door} is to run where there is no Node`)
  })
}

/** Files that import themselves by way of others. Each ring is told once. */
function cycles(arrows: ReadonlyMap<string, readonly Arrow[]>): readonly string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push(`a ring of imports: ${[...path.slice(path.indexOf(file)), file].join(' > ')}`)
    if (done.has(file) || path.includes(file)) return
    for (const { target, how } of arrows.get(file) ?? [])
      if (target !== undefined && how !== 'url') visit(target, [...path, file])
    done.add(file)
  }
  for (const file of arrows.keys()) visit(file, [])
  return found
}
