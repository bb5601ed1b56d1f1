// Sets this folder up and runs it: `npm start`, `npm test`, `npm run setup`.
//
// A machine needs only Node (20 or later) and npm, which comes with it. Everything else is pinned: pnpm by `packageManager`
// in package.json, and the rest, the Node that Tidings runs on included, by pnpm-lock.yaml. This file itself runs on whatever
// Node the machine has, before anything is installed: it imports nothing but Node and keeps to old syntax, so that a Node that
// is too old is told so in words.

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE = 20
const root = path.dirname(fileURLToPath(import.meta.url))
const bin = path.join(root, 'node_modules', '.bin')
const pinnedNode = path.join(bin, 'node')
const stampFile = path.join(root, 'node_modules', '.setup.json')
const lockFile = path.join(root, '.setup.lock')
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** What a command runs on the pinned Node, once the folder is set up. */
const programs = { __proto__: null, start: 'services/standalone/src/server.ts', test: 'test/runner/run.ts' }

/** A failure whose message is for the person at the terminal: no stack. */
class Refusal extends Error {}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error) => {
    say(error instanceof Refusal ? `\n${error.message}` : error)
    process.exitCode = 1
  },
)

async function main() {
  const [command = '', ...rest] = process.argv.slice(2)
  if (command !== 'setup' && !(command in programs)) throw new Refusal('Usage: npm start, npm test or npm run setup')
  const args = rest[0] === '--' ? rest.slice(1) : rest
  const pnpm = await setUp({ pnpmNeeded: command === 'test' })
  if (command === 'setup') {
    say('This folder is set up.')
    return 0
  }
  const program = path.join(root, programs[command])
  if (!fs.existsSync(program))
    throw new Refusal(`${programs[command]} is not in this copy of Tidings: it is incomplete.`)
  return run(pinnedNode, [program, ...args], {
    // Arguments such as `--data ./here` mean the folder the person stands in, also with `npm --prefix`.
    cwd: command === 'start' ? process.env.INIT_CWD || process.cwd() : root,
    env: { ...process.env, PATH: [bin, pnpm, process.env.PATH].filter(Boolean).join(path.delimiter) },
    stdio: [command === 'start' ? 'inherit' : 'ignore', 'inherit', 'inherit'],
  })
}

// --- Setting up

/**
 * Installs what the lockfile names, unless it is there already. Safe to run twice at once: the second waits for the first.
 * Returns the folder of the pinned pnpm.
 */
async function setUp({ pnpmNeeded }) {
  const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
  const wanted = fingerprint()
  const ready = () => {
    const stamp = readStamp()
    return stamp !== undefined && stamp.wanted === wanted && isWhole() && (!pnpmNeeded || hasPnpm(stamp.pnpm))
      ? stamp
      : undefined
  }
  const before = ready()
  if (before) return before.pnpm

  requireNode()
  const release = await lock()
  try {
    const meanwhile = ready()
    if (meanwhile) return meanwhile.pnpm

    const [, version] = /^pnpm@([^+]+)/.exec(manifest.packageManager)
    say(`Setting up ${root} (once, and again when the lockfile changes)`)
    const env = installEnvironment()
    const pnpm = await step(`pnpm ${version}`, () => fetchPnpm(version, env))
    await step(`libraries, and Node ${manifest.devDependencies.node} to run on`, () => install(pnpm, env))
    fs.writeFileSync(`${stampFile}.new`, JSON.stringify({ wanted, pnpm }))
    fs.renameSync(`${stampFile}.new`, stampFile)
    return pnpm
  } finally {
    release()
  }
}

function requireNode() {
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) return
  throw new Refusal(
    `Tidings sets itself up with Node ${OLDEST_NODE} or later; this is ${process.version} (${process.execPath}).\n` +
      'Install a current Node from https://nodejs.org and repeat the command.',
  )
}

/** Everything that decides what an installation contains. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', ...manifests()])
    hash
      .update(`${file}\n`)
      .update(fs.readFileSync(path.join(root, file)))
      .update('\n')
  return hash.digest('hex')
}

function manifests() {
  const inside = (folder) =>
    fs
      .readdirSync(path.join(root, folder))
      .sort()
      .map((name) => `${folder}/${name}`)
  const folders = [...inside('packages'), ...inside('services'), 'schemas', 'test']
  return [
    'package.json',
    ...folders.map((folder) => `${folder}/package.json`).filter((file) => fs.existsSync(path.join(root, file))),
  ]
}

function readStamp() {
  try {
    return JSON.parse(fs.readFileSync(stampFile, 'utf8'))
  } catch {
    return undefined
  }
}

/** Whether every dependency is where its package will look for it, and the pinned Node can be run. */
function isWhole() {
  return (
    isExecutable(pinnedNode) &&
    manifests().every((file) => {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'))
      const modules = path.join(root, path.dirname(file), 'node_modules')
      return Object.keys({ ...dependencies, ...devDependencies }).every((name) =>
        fs.existsSync(path.join(modules, name, 'package.json')),
      )
    })
  )
}

function hasPnpm(folder) {
  return typeof folder === 'string' && isExecutable(path.join(folder, 'pnpm'))
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The environment for npm and pnpm: without what an `npm start` around us has set for its own run, without our own Node in front
 * of the machine's (it may be half installed), and, where a person waits, with few and short retries: a missing network shows soon.
 */
function installEnvironment() {
  const env = {}
  for (const [name, value] of Object.entries(process.env))
    if (!/^(INIT_CWD|npm_(command|lifecycle_.*|package_.*|config_(prefix|local_prefix|global_prefix)))$/i.test(name))
      env[name] = value
  env.PATH = (process.env.PATH || '')
    .split(path.delimiter)
    .filter((folder) => path.resolve(folder) !== bin)
    .join(path.delimiter)
  const registry = env.npm_config_registry || env.NPM_CONFIG_REGISTRY
  const impatience = ['npm_config', 'pnpm_config'].flatMap((tool) => [
    [`${tool}_fetch_retries`, '2'],
    [`${tool}_fetch_retry_mintimeout`, '500'],
    [`${tool}_fetch_retry_maxtimeout`, '1500'],
  ])
  return {
    ...(process.env.CI ? {} : Object.fromEntries(impatience)),
    CI: 'true',
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
    // pnpm reads npm's files, but not npm's environment.
    ...(registry ? { pnpm_config_registry: registry } : {}),
    ...env,
  }
}

/** npx fetches the pinned pnpm into npm's own cache, once for the machine; asked there, it tells where. */
async function fetchPnpm(version, env) {
  const { code, output } = await capture(
    'npx',
    ['--yes', `--package=pnpm@${version}`, '--', 'node', '-p', 'process.env.PATH'],
    env,
  )
  const folder = output
    .split('\n')
    .flatMap((line) => line.split(path.delimiter))
    .find(hasPnpm)
  if (code !== 0 || folder === undefined) throw new Refusal(explain(`npx could not fetch pnpm ${version}`, output, env))
  return folder
}

async function install(folder, env) {
  const args = ['install', '--frozen-lockfile', '--reporter=append-only']
  const pnpm = path.join(folder, 'pnpm')
  const { code, output } = await capture(pnpm, args, env)
  if (code !== 0) throw new Refusal(explain('pnpm could not install the libraries', output, env))
  if (isWhole()) return requirePinnedNode()
  // What a person or a crash took out of node_modules, pnpm takes to be there still: once more, from nothing but the lockfile.
  const again = await capture(pnpm, [...args, '--force'], env)
  if (again.code !== 0 || !isWhole())
    throw new Refusal(explain('node_modules is incomplete; delete it and repeat the command', again.output, env))
  requirePinnedNode()
}

function requirePinnedNode() {
  const { status, stderr, error } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' })
  if (status !== 0)
    throw new Refusal(`The pinned Node was installed but does not run on this machine:\n${stderr || error}`)
}

/** What failed, the likely cause and what to do about it; without a likely cause, the last lines the tool wrote. */
function explain(what, output, env) {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('npm warn'))
  for (const [sign, advice] of causes) {
    const telling = lines.findIndex((line) => sign.test(line))
    if (telling >= 0) return [...quoted(lines.slice(telling, telling + 4)), `${what}. ${advice(env)}`].join('\n')
  }
  return [...quoted(lines.slice(-15)), `${what}.`].join('\n')
}

function quoted(lines) {
  return lines.map((line) => `  | ${line}`)
}

const causes = [
  [
    /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ERR_SOCKET|error sending request|Failed to fetch/i,
    (env) =>
      `The package registry ${registryOf(env)} cannot be reached. Setting up needs it; afterwards Tidings starts without a network.\n` +
      'Check the network; behind a proxy set HTTPS_PROXY; for a mirror set npm_config_registry. Then repeat the command.',
  ],
  [/ENOSPC|No space left/i, () => 'The disk is full. Setting up needs about 1 GB, here and in the home folder.'],
  [
    /EACCES|EROFS|EPERM|Permission denied|Read-only file system/i,
    () => 'This user may not write there. Setting up writes into this folder and into the home folder.',
  ],
  [
    /OUTDATED_LOCKFILE/,
    () =>
      'pnpm-lock.yaml does not fit the package.json files: after changing those, run pnpm install without --frozen-lockfile.',
  ],
]

function registryOf(env) {
  const asked = spawnSync('npm', ['config', 'get', 'registry'], { cwd: root, env, encoding: 'utf8' })
  return (asked.stdout || '').trim()
}

/**
 * One set-up at a time: a file that its owner touches every two seconds. One that nobody has touched for long was left by a
 * process that was killed, and is taken over.
 */
async function lock() {
  const abandoned = 15_000
  for (let waiting = false; !takeLock(abandoned); waiting = true) {
    if (!waiting) say('Another process is setting up this folder: waiting for it.')
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  const touch = setInterval(() => fs.utimes(lockFile, new Date(), new Date(), () => {}), 2_000)
  const remove = () => fs.rmSync(lockFile, { force: true })
  process.on('exit', remove)
  return () => {
    clearInterval(touch)
    process.off('exit', remove)
    remove()
  }
}

function takeLock(abandoned) {
  try {
    const held = fs.statSync(lockFile, { throwIfNoEntry: false })
    if (held && Date.now() - held.mtimeMs > abandoned) fs.rmSync(lockFile, { force: true })
    fs.writeFileSync(lockFile, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw new Refusal(
      `Setting up writes into ${root}, but this user may not: ${error.code}.\n` +
        'Get the right to write there, or clone Tidings into a folder of your own.',
    )
  }
}

// --- Processes and words

/** Runs a program to its end, passes signals on to it, and returns the exit code to end with. */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    // In a process group of its own: a Ctrl-C reaches npm and us, and from here the program exactly once, so that it can stop in
    // its own time; a second Ctrl-C is passed on as a second.
    const child = spawn(command, args, { ...options, detached: true })
    const last = new Map()
    const forward = (signal) => {
      // npm passes on what the terminal has already sent to all of us.
      if (Date.now() - (last.get(signal) || 0) > 300) child.kill(signal)
      last.set(signal, Date.now())
    }
    for (const signal of signals) process.on(signal, forward)
    // An npm that was killed passes nothing on; what it started is not to go on behind its back.
    const parent = process.ppid
    const watch = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(watch)
      child.kill('SIGTERM')
    }, 500)
    if (!process.env.npm_lifecycle_event) clearInterval(watch)
    const settle = () => {
      clearInterval(watch)
      for (const signal of signals) process.off(signal, forward)
    }
    child.on('error', (error) => {
      settle()
      reject(error)
    })
    child.on('close', (code, signal) => {
      settle()
      resolve(code === null ? 128 + os.constants.signals[signal] : code)
    })
  })
}

/** Runs a tool quietly. A signal ends it together with whatever it has started, and then us. */
function capture(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let output = ''
    const collect = (chunk) => {
      output = (output + chunk).slice(-100_000)
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    const stop = (signal) => {
      try {
        process.kill(-child.pid, signal)
      } catch {
        // It has ended by itself.
      }
      process.exit(128 + os.constants.signals[signal])
    }
    for (const signal of signals) process.on(signal, stop)
    const settle = () => {
      for (const signal of signals) process.off(signal, stop)
    }
    child.on('error', (error) => {
      settle()
      reject(error.code === 'ENOENT' ? new Refusal(`${command} was not found; npm and npx come with Node.`) : error)
    })
    child.on('close', (code) => {
      settle()
      resolve({ code, output })
    })
  })
}

/** Says what is being done while it is done, and how long it took. */
async function step(title, work) {
  const start = Date.now()
  const passed = () => `${((Date.now() - start) / 1000).toFixed(0)} s`
  process.stderr.write(`  ${title} ... `)
  const clock = process.stderr.isTTY
    ? setInterval(() => process.stderr.write(`\r  ${title} ... ${passed()} `), 1_000)
    : undefined
  try {
    const result = await work()
    process.stderr.write(`${process.stderr.isTTY ? `\r  ${title} ... ` : ''}${passed()}\n`)
    return result
  } catch (error) {
    process.stderr.write('failed\n')
    throw error
  } finally {
    clearInterval(clock)
  }
}

function say(text) {
  process.stderr.write(`${text instanceof Error ? text.stack : text}\n`)
}
