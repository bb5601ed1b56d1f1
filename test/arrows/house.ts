import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A workspace package: its manifest, and its sources by their path from the root. */
export interface Workspace {
  /** As the arrows call it: `statement`, `service-log`. */
  readonly name: string
  readonly folder: string
  readonly manifest: Manifest
  readonly sources: ReadonlyMap<string, string>
}

/** What the arrows need of a package.json. */
export interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** Every workspace package there is. */
export function readHouse(root: string): readonly Workspace[] {
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  return globSync('{{packages,services}/*,schemas,test}/package.json', { cwd: root }).map((path) => {
    const folder = path.replace('/package.json', '')
    const manifest: Manifest = JSON.parse(read(path))
    const sources = globSync(`${folder}/**/*.{ts,js}`, { cwd: root, exclude: ['**/node_modules', '**/.out'] })
    return {
      name: shortName(manifest.name),
      folder,
      manifest,
      sources: new Map(sources.map((source) => [source, read(source)])),
    }
  })
}

/** `statement` of `@tidings/statement`. */
export function shortName(name: string): string {
  return name.replace(/^@tidings\//, '')
}
