/**
 * The peer that single posts are measured against: Fastify and PostgreSQL that keep the same bytes, unsigned and unchecked, each in a durable
 * transaction before it is answered. A process of its own, as the service is.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Fastify from 'fastify'
import pg from 'pg'

/** A running peer. */
export interface Peer extends AsyncDisposable {
  readonly url: string
  readonly version: string
}

/** The programs of PostgreSQL, where Debian puts them; undefined where there is none. */
export function findPostgres(): string | undefined {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return undefined
  const [newest] = readdirSync(root).sort((a, b) => Number(b) - Number(a))
  const bin = newest === undefined ? undefined : join(root, newest, 'bin')
  return bin !== undefined && existsSync(join(bin, 'initdb')) ? bin : undefined
}

/** Starts the peer in a process of its own, with a cluster of its own that goes with it. */
export async function fastifyPostgres(bin: string, env: NodeJS.ProcessEnv = {}): Promise<Peer> {
  const child = spawn(process.execPath, [import.meta.filename, bin], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('the peer with PostgreSQL did not start')
    }),
  ])) as [Buffer]
  const { url, version } = JSON.parse(line.toString()) as { url: string; version: string }
  return {
    url,
    version,
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function serve(bin: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-bench-pg-'))
  // PostgreSQL does not run as root; Debian's package brings a user for it.
  const as = userInfo().uid === 0 ? postgresUser() : undefined
  if (as) chownSync(folder, as.uid, as.gid)
  const data = join(folder, 'data')
  execFileSync(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'bench', '--no-instructions'], {
    ...as,
    cwd: folder,
    stdio: 'ignore',
  })
  const settings = ['shared_buffers=512MB', 'listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=on']
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...as,
    cwd: folder,
    stdio: 'ignore',
  })
  const pool = new pg.Pool({ host: folder, user: 'bench', database: 'postgres', max: 32 })
  // Told when PostgreSQL stops before the last connection is closed: nothing is under way by then.
  pool.on('error', () => {})
  await reachable(pool, server)
  await pool.query('CREATE TABLE statements (position bigserial PRIMARY KEY, data bytea NOT NULL)')
  const { rows } = await pool.query<{ server_version: string }>('SHOW server_version')

  const app = Fastify({ bodyLimit: 2 * 1024 * 1024 })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.post('/v1/statements', async (request, reply) => {
    const { rows: kept } = await pool.query({
      name: 'keep',
      text: 'INSERT INTO statements (data) VALUES ($1) RETURNING position',
      values: [request.body],
    })
    return reply.status(201).send(kept[0])
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  process.stdout.write(JSON.stringify({ url, version: rows[0]?.server_version ?? '' }))

  process.once('SIGTERM', async () => {
    await app.close()
    await pool.end()
    const exited = once(server, 'exit')
    server.kill('SIGINT')
    await exited
    rmSync(folder, { recursive: true, force: true })
    process.exit(0)
  })
}

function postgresUser(): { readonly uid: number; readonly gid: number } {
  const [uid, gid] = ['-u', '-g'].map((part) => Number(execFileSync('id', [part, 'postgres'], { encoding: 'utf8' })))
  if (!uid || !gid) throw new Error('there is no user postgres to run PostgreSQL as')
  return { uid, gid }
}

async function reachable(pool: pg.Pool, server: ChildProcess): Promise<void> {
  for (const until = Date.now() + 30_000; Date.now() < until; await pause(50)) {
    if (server.exitCode !== null) break
    const answer = await pool.query('SELECT 1').catch(() => undefined)
    if (answer) return
  }
  throw new Error('PostgreSQL did not start')
}

if (import.meta.main) await serve(process.argv[2] ?? '')
