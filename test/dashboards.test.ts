import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Author } from './support/author.ts'
import { type Service, startService } from './support/service.ts'

const file = (name: string) => readFile(new URL(`../deploy/${name}`, import.meta.url), 'utf8')

/** What stands in an expression in place of a name that a service gives. */
const words = new Set([
  'histogram_quantile',
  'increase',
  'rate',
  'sum',
  'by',
  'time',
  'up',
  'le',
  'offset',
  'or',
  'vector',
  'job',
  '__rate_interval',
])

describe('what is prepared for Grafana and Prometheus', () => {
  let service: Service
  let names: ReadonlySet<string>
  let labels: ReadonlySet<string>

  beforeAll(async () => {
    service = await startService()
    await Author.begin(service.url, service.origin)
    await fetch(`${service.url}/nowhere`)
    const text = await (await fetch(`${service.url}/metrics`)).text()
    const declared = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type]) => ({ name, type }))
    names = new Set(
      declared.flatMap(({ name, type }) =>
        type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name],
      ),
    )
    labels = new Set([
      ...[...text.matchAll(/([a-z_]+)="/g)].map(([, label = '']) => label),
      // Of those that have no sample yet in a service that has done so little.
      'outcome',
      'mechanism',
    ])
  })
  afterAll(async () => {
    await service[Symbol.asyncDispose]()
  })

  /** Names and labels in an expression; text in quotes is what a label says. */
  function assertKnown(expression: string): void {
    const found = expression.replaceAll(/"[^"]*"/g, '').match(/[a-z_][a-z_0-9]*/g) ?? []
    const told = found.filter((word) => !words.has(word))
    expect(told.some((word) => names.has(word)) || expression.includes('up{'), expression).toBe(true)
    for (const word of told) {
      if (/^\d*[smhd]$/.test(word)) continue
      expect(names.has(word) || labels.has(word), `${word} in ${expression}`).toBe(true)
    }
  }

  it('asks in every panel for what a service tells', async () => {
    const { panels } = JSON.parse(await file('grafana/tidings.json')) as {
      panels: { title: string; targets: { expr: string; legendFormat: string }[] }[]
    }
    expect(panels.length).toBeGreaterThan(15)
    for (const { targets } of panels)
      for (const { expr, legendFormat } of targets) {
        assertKnown(expr)
        for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(labels.has(label)).toBe(true)
      }
  })

  it('alerts on what a service tells', async () => {
    const expressions = [...(await file('prometheus/tidings-alerts.yaml')).matchAll(/^ +expr: (.*)$/gm)]
    expect(expressions.length).toBeGreaterThan(4)
    for (const [, expression = ''] of expressions) assertKnown(expression)
  })

  it('knows an expression that asks for nothing there', () => {
    expect(() => assertKnown('tidings_statement_total')).toThrow()
    expect(() => assertKnown('sum by (party) (tidings_statements_total)')).toThrow()
  })
})
