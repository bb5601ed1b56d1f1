import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { breaches, type Plan } from './arrows/check.ts'
import { type Manifest, readHouse, type Workspace } from './arrows/house.ts'

const packages = [
  'event-store',
  'evidence',
  'exchange',
  'read-model',
  'service-kit',
  'sqlite-file',
  'statement',
  'transparency',
  'vault',
]
// The contract is the shape of what services and clients say to each other. The SDK behind it is for callers.
const belowServices = [...packages, 'client/contract']

/** Arrows point one way. A new package or service is a new line here. */
const plan: Plan = {
  arrows: {
    statement: [],
    exchange: ['statement'],

    'sqlite-file': [],
    'event-store': ['sqlite-file'],
    vault: ['sqlite-file'],
    transparency: ['sqlite-file'],

    'read-model': ['event-store', 'sqlite-file'],
    evidence: ['statement', 'exchange', 'transparency'],
    client: ['statement', 'exchange', 'transparency', 'evidence', 'sqlite-file'],
    cli: ['statement', 'exchange', 'transparency', 'evidence', 'client'],
    'service-kit': ['statement', 'exchange', 'client/contract'],

    'service-desk': belowServices,
    'service-intake': belowServices,
    'service-log': belowServices,
    // Its demonstration plays parties, by the same means that parties have.
    'service-standalone': [...belowServices, 'service-desk', 'service-intake', 'service-log', 'client', 'cli'],

    schemas: 'anything',
    test: 'anything',
  },
  // `tidings` may start the service; nothing of `tidings` ever loads one.
  starts: {
    'packages/cli/src/service-process.ts': 'services/standalone/src/server.ts',
    'packages/cli/src/operator-process.ts': 'services/standalone/src/operate.ts',
  },
  pure: ['statement', 'exchange', 'transparency'],
}

describe('the arrows of the house', () => {
  const house = readHouse(join(import.meta.dirname, '..'))

  it('speak of every package and service there is', () => {
    expect(house.map(({ name }) => name).sort()).toEqual(Object.keys(plan.arrows).sort())
  })

  it('are kept by every import and every package.json', () => {
    expect(breaches(house, plan).join('\n')).toBe('')
  })
})

describe('the check of the arrows', () => {
  it('is content with a house that keeps its plan', () => {
    expect(check({})).toEqual([])
  })

  it('refuses an arrow the plan does not have, whatever the kind of import', () => {
    for (const source of [
      `import { fold } from '@tidings/upper'`,
      `import type { Fold } from '@tidings/upper'`,
      `export * from '@tidings/upper'`,
      `export { fold } from '@tidings/upper'`,
      `export const late = () => import('@tidings/upper')`,
      `export type Fold = import('@tidings/upper').Fold`,
    ])
      expect(check({ 'packages/ground/src/index.ts': source })).toContain(
        'packages/ground/src/index.ts imports @tidings/upper: ground may not',
      )
  })

  it('takes no comment or text for an import', () => {
    expect(
      check({
        'packages/ground/src/index.ts': `// import '@tidings/upper'\nexport const a = "import '@tidings/upper'"`,
      }),
    ).toEqual([])
  })

  it('refuses a dependency the plan does not have, although nothing imports it yet', () => {
    expect(check({}, { ground: { devDependencies: { '@tidings/upper': 'workspace:*' } } })).toEqual([
      'packages/ground/package.json depends on upper: ground may not',
    ])
  })

  it('refuses a package that nobody placed in the plan', () => {
    expect(check({ 'packages/new/src/index.ts': '' }, { new: {} })).toEqual(['new is not in the plan'])
  })

  it('refuses what is not a door, and the way around the doors', () => {
    expect(
      check({
        'packages/upper/src/index.ts': `import '@tidings/ground/src/secret.ts'\nimport '../../ground/src/secret.ts'`,
      }),
    ).toEqual([
      'packages/upper/src/index.ts imports @tidings/ground/src/secret.ts, which is no door of that package',
      'packages/upper/src/index.ts reaches out of its package to ../../ground/src/secret.ts',
    ])
  })

  it('opens one door of a package where the plan names that door', () => {
    const through = (door: string) => check({ 'services/desk/src/app.ts': `import '@tidings/${door}'` })
    expect(through('upper/contract')).toEqual([])
    expect(through('upper')).toEqual(['services/desk/src/app.ts imports @tidings/upper: service-desk may not'])
  })

  it('lets one file start a service, and no file load it', () => {
    const start = `new URL('../../../services/desk/src/app.ts', import.meta.url)`
    expect(check({ 'packages/upper/src/serve.ts': start })).toEqual([])
    expect(check({ 'packages/upper/src/other.ts': start })).toHaveLength(1)
    expect(check({ 'packages/upper/src/serve.ts': `import '../../../services/desk/src/app.ts'` })).toHaveLength(1)
  })

  it('finds Node behind a pure door, however far behind it', () => {
    const behind = {
      'packages/ground/src/index.ts': `export * from './near.ts'`,
      'packages/ground/src/near.ts': `export * from './far.ts'`,
      'packages/ground/src/far.ts': `import 'node:fs'`,
    }
    expect(check(behind)).toEqual([
      'packages/ground/src/far.ts imports node:fs, and ground is to run where there is no Node',
    ])
    expect(check({ 'packages/ground/src/index.test.ts': `import 'node:fs'` })).toEqual([])
  })

  it('finds a ring of imports', () => {
    expect(
      check({
        'packages/upper/src/a.ts': `import './b.ts'`,
        'packages/upper/src/b.ts': `import './c.ts'`,
        'packages/upper/src/c.ts': `import './a.ts'`,
      }),
    ).toEqual([
      'a ring of imports: packages/upper/src/a.ts > packages/upper/src/b.ts > packages/upper/src/c.ts > packages/upper/src/a.ts',
    ])
  })

  it('refuses an import that only shows when it runs', () => {
    expect(() => check({ 'packages/upper/src/a.ts': 'export const load = (name: string) => import(name)' })).toThrow(
      'only known when it runs',
    )
  })
})

/** A house of three: `upper` stands on `ground`, a service on a part of `upper`. Sources and manifests are added to it or replaced. */
function check(sources: Record<string, string>, manifests: Record<string, Partial<Manifest>> = {}): readonly string[] {
  const plain: Record<string, string> = {
    'packages/ground/src/index.ts': '',
    'packages/ground/src/secret.ts': '',
    'packages/upper/src/index.ts': `import '@tidings/ground'`,
    'packages/upper/src/contract.ts': '',
    'services/desk/src/app.ts': '',
    ...sources,
  }
  const doors: Record<string, Record<string, string>> = {
    upper: { '.': './src/index.ts', './contract': './src/contract.ts' },
    'service-desk': { '.': './src/app.ts' },
  }
  const house = ['ground', 'upper', 'service-desk', ...Object.keys(manifests).filter((name) => name === 'new')].map(
    (name): Workspace => {
      const folder = name.startsWith('service-') ? name.replace('service-', 'services/') : `packages/${name}`
      return {
        name,
        folder,
        manifest: { name: `@tidings/${name}`, exports: doors[name] ?? { '.': './src/index.ts' }, ...manifests[name] },
        sources: new Map(Object.entries(plain).filter(([path]) => path.startsWith(`${folder}/`))),
      }
    },
  )
  return breaches(house, {
    arrows: { ground: [], upper: ['ground'], 'service-desk': ['upper/contract'] },
    starts: { 'packages/upper/src/serve.ts': 'services/desk/src/app.ts' },
    pure: ['ground'],
  })
}
