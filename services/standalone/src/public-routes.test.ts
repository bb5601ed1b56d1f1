import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { routeAccess } from '@tidings/service-desk'
import { createLogger, type Server } from '@tidings/service-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Standalone, startStandalone } from './app.ts'
import { publicRoutes } from './public-routes.ts'

/** Every route of the process, whoever has registered it, shown or hidden. */
const routes = new Set<string>()
let folder: string
let service: Standalone

const collect = (message: unknown) => {
  const { fastify } = message as { fastify: Server }
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.add(`${one} ${url}`)
  })
}

beforeAll(async () => {
  subscribe('fastify.initialization', collect)
  folder = await mkdtemp(join(tmpdir(), 'tidings-routes-'))
  const data = join(folder, 'data')
  const configuration = { port: 0, host: '127.0.0.1', data, empty: true, logLevel: 'silent', rebuild: false } as const
  service = await startStandalone(configuration, createLogger('silent'))
}, 30_000)
afterAll(async () => {
  unsubscribe('fastify.initialization', collect)
  await service[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** A route as the tables name it: HEAD is GET without its body, files of the description's page are one. */
const named = (route: string) => route.replace(/^HEAD /, 'GET ').replace(/^(GET \/docs\/)static\/.*/, '$1')

describe('every route of the process', () => {
  it('says who may see what it gives: in the table of the desk, or among those for everyone', () => {
    expect(routes.size).toBeGreaterThan(30)
    const desk = Object.keys(routeAccess).map((url) => `GET ${url}`)
    const unsaid = [...routes].filter((route) => ![...desk, ...Object.keys(publicRoutes)].includes(named(route)))
    expect(unsaid).toEqual([])
  })

  it('of the desk is refused without a token; those for everyone are not', async () => {
    for (const url of Object.keys(routeAccess)) {
      const answer = await fetch(service.url + url.replace(/:\w+/, 'something'))
      expect(answer.status, url).toBe(401)
    }
    for (const route of Object.keys(publicRoutes)) {
      const [method = '', url = ''] = route.split(' ')
      const answer = await fetch(service.url + url.replace(':size', '0').replace('*', '0/000'), { method })
      expect(answer.status, route).not.toBe(401)
      expect(answer.status, route).toBeLessThan(500)
    }
  })

  it('of the log is for everyone by the table in README.md', async () => {
    const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
    const row = readme.split('\n').find((line) => line.startsWith('| leaves, checkpoints, tiles |'))
    expect(
      row
        ?.split('|')
        .slice(2, -1)
        .map((cell) => cell.trim()),
    ).toEqual(Array.from({ length: 6 }, () => 'yes'))
  })
})
