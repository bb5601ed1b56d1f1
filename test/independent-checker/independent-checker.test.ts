import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importSigner } from '@tidings/transparency'
import { createLog, openGuardFile } from '@tidings/transparency/writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildChecker } from './build.ts'

const SIZE = 70_000

/** 48 bytes, as an entry of ours has. */
function entry(n: number): Uint8Array {
  return Buffer.concat([Buffer.from('tidings-leaf/v1\n'), createHash('sha256').update(`statement ${n}`).digest()])
}

const home = await mkdtemp(join(tmpdir(), 'tidings-independent-checker-'))
const checker = join(home, 'independent-checker')
const built = buildChecker(checker)
const obstacle = 'obstacle' in built ? built.obstacle : undefined

afterAll(() => rm(home, { recursive: true, force: true }))

if (obstacle !== undefined && process.env.TIDINGS_REQUIRE_GO !== '1')
  it.skip(`a checker that knows nothing of Tidings: NOT CHECKED, ${obstacle}`, () => {})
else
  describe('a checker in Go, on golang.org/x/mod/sumdb alone', () => {
    const folder = join(home, 'log')
    let vkey = ''

    function check(...more: readonly string[]) {
      if ('obstacle' in built) throw new Error(`the checker did not run: ${built.obstacle}`)
      return built.check('-vkey', vkey, ...more)
    }

    beforeAll(async () => {
      const signer = await importSigner(Buffer.from(`302e020100300506032b657004220420${'07'.repeat(32)}`, 'hex'))
      await using guard = await openGuardFile(join(home, 'guard'))
      await using writer = await createLog({ folder, guard, origin: 'tidings.example/log', signer })
      for (let from = 0; from < SIZE; from += 999) {
        const to = Math.min(SIZE, from + 999)
        await writer.publish(
          Array.from({ length: to - from }, (_, i) => entry(from + i)),
          to - 1,
        )
      }
      vkey = writer.vkey
    })

    it('finds our log in order, and in it what it expects', async () => {
      const leaves = join(home, 'leaves')
      const expected = [0, 255, 256, 65_535, 65_536, SIZE - 1]
      await writeFile(leaves, expected.map((n) => `${n} ${Buffer.from(entry(n)).toString('base64')}\n`).join(''))
      expect(check('-leaves', leaves, folder)).toEqual({
        status: 0,
        says: expect.stringMatching(
          /^tidings\.example\/log is in order: 70000 entries, root .*, 6 expected entries found$/,
        ),
      })
      await writeFile(leaves, `7 ${Buffer.from(entry(8)).toString('base64')}\n`)
      expect(check('-leaves', leaves, folder)).toEqual({
        status: 1,
        says: 'leaf 7 is another entry than the one expected',
      })
    })

    it('finds it in order over HTTP as well', async () => {
      const server = createServer((request, response) => {
        readFile(join(folder, request.url ?? '')).then(
          (bytes) => response.end(bytes),
          () => response.writeHead(404).end(),
        )
      }).listen(0, '127.0.0.1')
      await new Promise((listening) => server.once('listening', listening))
      const { port } = server.address() as AddressInfo
      try {
        const child = spawn(checker, ['-vkey', vkey, `http://127.0.0.1:${port}`], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        expect(await new Promise((ended) => child.once('close', ended))).toBe(0)
      } finally {
        server.close()
      }
    })

    it('does not take it for the log of another key', () => {
      const right = vkey
      vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
      expect(check(folder)).toMatchObject({ status: 1, says: expect.stringMatching(/^checkpoint is damaged/) })
      vkey = right
    })

    it.each([
      ['tile/0/100', 5000],
      ['tile/0/273.p/112', 17],
      ['tile/1/000', 8191],
      ['tile/1/001.p/17', 3],
      ['tile/2/000.p/1', 31],
      ['tile/entries/100', 3333],
      ['tile/entries/273.p/112', 1],
      ['checkpoint', 25],
    ])('names %s when its byte %i is flipped', async (path, at) => {
      const file = join(folder, path)
      const right = await readFile(file)
      const flipped = Buffer.from(right)
      flipped[at] = (right[at] as number) ^ 1
      await writeFile(file, flipped)
      const { status, says } = check(folder)
      await writeFile(file, right)
      expect(says).toMatch(new RegExp(`^${path} is damaged: `))
      expect(status).toBe(1)
    })

    it('names what is missing', async () => {
      const file = join(folder, 'tile/0/005')
      const right = await readFile(file)
      await rm(file)
      const answer = check(folder)
      await writeFile(file, right)
      expect(answer).toEqual({ status: 1, says: 'tile/0/005 is missing' })
    })
  })
