import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/**
 * `bootstrap.mjs` in a small clone of its own. npx and pnpm are played by scripts, so that nothing is fetched: what they were called
 * with is in `calls`, and what they are to do is in the variables `NPX` and `PNPM`.
 */
let clone: string

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'tidings-bootstrap-'))
  await cp(join(import.meta.dirname, '../bootstrap.mjs'), join(clone, 'bootstrap.mjs'))
  const manifest = { packageManager: 'pnpm@9.9.9', devDependencies: { node: '1.2.3' } }
  await file('package.json', JSON.stringify(manifest))
  await file('pnpm-lock.yaml', 'first')
  await file('pnpm-workspace.yaml', '')
  await file('.npmrc', '')
  await file('packages/statement/package.json', '{}')
  await file(
    'services/standalone/src/server.ts',
    `console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() }))
     if (process.argv.includes('--stay')) {
       const stay = setInterval(() => {}, 1000)
       process.on('SIGTERM', () => { console.log('stops'); clearInterval(stay); process.exitCode = 7 })
     }`,
  )
  await script('npx', `echo npx >> '${clone}/calls'; eval "$NPX"; echo '${clone}/tools:/elsewhere'`)
  await script(
    'pnpm',
    `echo pnpm >> '${clone}/calls'; eval "$PNPM"
     mkdir -p node_modules/.bin node_modules/node && echo '{}' > node_modules/node/package.json
     ln -sf '${process.execPath}' node_modules/.bin/node`,
  )
  await symlink(process.execPath, join(clone, 'tools/node'))
})

afterEach(() => rm(clone, { recursive: true, force: true }))

describe('npm start', () => {
  it('sets the folder up, then serves', async () => {
    const { code, told, served } = await start()
    expect(code).toBe(0)
    expect(served?.args).toEqual([])
    expect(told).toMatch(
      /^Setting up .*\n {2}pnpm 9\.9\.9 \.\.\. \d+ s\n {2}libraries, and Node 1\.2\.3 to run on \.\.\. \d+ s\n$/,
    )
    expect(await calls()).toEqual(['npx', 'pnpm'])
  })

  it('serves at once the second time, and says nothing', async () => {
    await start()
    const { code, told } = await start()
    expect({ code, told }).toEqual({ code: 0, told: '' })
    expect(await calls()).toEqual(['npx', 'pnpm'])
  })

  it('sets up again when the lockfile has changed, or node_modules is no longer whole', async () => {
    await start()
    await file('pnpm-lock.yaml', 'second')
    await start()
    expect(await calls()).toHaveLength(4)
    await rm(join(clone, 'node_modules/node'), { recursive: true })
    await start()
    expect(await calls()).toHaveLength(6)
    await rm(join(clone, 'node_modules'), { recursive: true })
    expect((await start()).code).toBe(0)
    expect(await calls()).toHaveLength(8)
  })

  it('sets up once when it is called twice at once', async () => {
    const both = await Promise.all([start([], { PNPM: 'sleep 0.5' }), start([], { PNPM: 'sleep 0.5' })])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(await calls()).toEqual(['npx', 'pnpm'])
  })

  it('takes arguments from the folder the person stands in', async () => {
    const elsewhere = dirname(clone)
    const { served } = await start(['--', '--port', '8080', '--data', './with space'], { INIT_CWD: elsewhere })
    expect(served).toEqual({ args: ['--port', '8080', '--data', './with space'], cwd: elsewhere })
  })

  it('passes a signal on, waits for the end, and ends with the same code', async () => {
    const child = open(['--stay'])
    await once(child.stdout ?? child, 'data')
    await new Promise((resolve) => setTimeout(resolve, 200))
    child.kill('SIGTERM')
    const { code, output } = await finished(child)
    expect({ code, output }).toEqual({ code: 7, output: 'stops\n' })
  })

  it('names the registry that cannot be reached', async () => {
    const { code, told } = await start([], {
      NPX: 'echo "npm error code ECONNREFUSED"; exit 1',
      npm_config_registry: 'http://127.0.0.1:9/',
    })
    expect(code).toBe(1)
    expect(told).toContain(
      'npx could not fetch pnpm 9.9.9. The package registry http://127.0.0.1:9/ cannot be reached.',
    )
  })

  it('shows what pnpm said when it cannot tell why', async () => {
    const { code, told } = await start([], { PNPM: 'echo "something else"; exit 1' })
    expect(code).toBe(1)
    expect(told).toContain('  | something else\npnpm could not install the libraries.')
  })

  it('gives the lock back when it fails, so that the next try need not wait', async () => {
    await start([], { PNPM: 'exit 1' })
    expect((await start()).code).toBe(0)
  })
})

function open(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const { INIT_CWD: _, npm_lifecycle_event: __, ...rest } = process.env
  return spawn(process.execPath, [join(clone, 'bootstrap.mjs'), 'start', ...args], {
    cwd: clone,
    env: { ...rest, PATH: [join(clone, 'tools'), process.env.PATH].join(delimiter), ...env },
  })
}

async function start(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const { code, output, told } = await finished(open(args, env))
  const served: { args: string[]; cwd: string } | undefined = output === '' ? undefined : JSON.parse(output)
  return { code, told, served }
}

async function finished(child: ChildProcess): Promise<{ code: number | null; output: string; told: string }> {
  let output = ''
  let told = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  child.stderr?.on('data', (chunk) => {
    told += chunk
  })
  const [code] = await once(child, 'close')
  return { code, output, told }
}

async function calls(): Promise<readonly string[]> {
  return (await readFile(join(clone, 'calls'), 'utf8')).trim().split('\n')
}

async function file(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(clone, path)), { recursive: true })
  await writeFile(join(clone, path), text)
}

async function script(name: string, body: string): Promise<void> {
  await file(`tools/${name}`, `#!/bin/sh\n${body}\n`)
  await chmod(join(clone, 'tools', name), 0o755)
}
