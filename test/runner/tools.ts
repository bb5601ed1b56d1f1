import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Something of the machine that some tests need and Tidings itself does not. */
interface Tool {
  readonly name: string
  readonly what: string
  readonly without: string
  readonly remedy: string
  readonly found: (root: string) => boolean
}

const tools: readonly Tool[] = [
  {
    name: 'go',
    what: 'Go (1.21 or later)',
    without: 'no independent checker reads our log',
    remedy: 'Debian: apt-get install golang',
    found: () => {
      const { status, stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' })
      const [, minor] = /^go1\.(\d+)/.exec(stdout ?? '') ?? []
      return status === 0 && minor !== undefined && Number(minor) >= 21
    },
  },
  {
    name: 'chromium',
    what: 'Chromium',
    without: 'nothing is tried in a browser',
    remedy: 'Debian: apt-get install chromium',
    found: () => ['chromium', 'chromium-browser', 'google-chrome'].some(onPath),
  },
  {
    name: 'strace',
    what: 'strace',
    without: 'no kill and no failing disk at a chosen system call',
    remedy: 'Debian: apt-get install strace',
    found: () => onPath('strace'),
  },
  {
    name: 'gcc',
    what: 'a C compiler (gcc)',
    without: 'no disk fails and no clock jumps on command',
    remedy: 'Debian: apt-get install gcc libc6-dev',
    found: () => onPath('gcc'),
  },
  {
    name: 'mounts',
    what: 'the right to mount a small disk (Linux, root)',
    without: 'no disk is really full',
    remedy: 'Run the tests as root, in a container that may mount',
    found: () => spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0,
  },
  {
    name: 'openssl',
    what: 'OpenSSL',
    without: 'nothing else reads our key files',
    remedy: 'Debian: apt-get install openssl',
    found: () => onPath('openssl'),
  },
  {
    name: 'shared',
    what: 'shared data and vectors',
    without: 'neither the real register nor the published vectors are read',
    remedy: 'They belong into ../shared/data and ../shared/vectors, beside the project',
    found: (root) => ['data', 'vectors'].every((folder) => existsSync(join(root, '../shared', folder))),
  },
]

/** The names in `TIDINGS_REQUIRE` (`all`, or a list with commas) together with each `TIDINGS_REQUIRE_<NAME>=1`. */
export function requiredTools(env: NodeJS.ProcessEnv): readonly string[] {
  const listed = (env.TIDINGS_REQUIRE ?? '').split(',').map((name) => name.trim())
  const unknown = listed.filter((name) => name !== '' && name !== 'all' && !tools.some((tool) => tool.name === name))
  if (unknown.length > 0)
    throw new Error(`TIDINGS_REQUIRE names ${unknown.join(', ')}: not one of ${names().join(', ')}`)
  return names().filter(
    (name) => listed.includes('all') || listed.includes(name) || env[`TIDINGS_REQUIRE_${name.toUpperCase()}`] === '1',
  )
}

/** What this machine lacks, and whether that was required. */
export function missingTools(root: string, env: NodeJS.ProcessEnv) {
  const required = requiredTools(env)
  return tools.filter(({ found }) => !found(root)).map((tool) => ({ ...tool, required: required.includes(tool.name) }))
}

function names(): readonly string[] {
  return tools.map(({ name }) => name)
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)))
}
