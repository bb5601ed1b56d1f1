import type { EventStore } from '@tidings/event-store'
import type { Metrics, ReadinessCheck } from '@tidings/service-kit'
import type { Vault } from '@tidings/vault'
import { diskSpace } from './disk-space.ts'

/** What the figures of the whole process are taken from. */
export interface ProcessMetricsOptions {
  readonly store: EventStore
  readonly vault: Vault
  readonly folder: string
  readonly version: string
  readonly checks: Readonly<Record<string, ReadinessCheck>>
}

/** Shows what belongs to no single service: the stores, the disk, the process, and what it waits for. */
export function processMetrics(metrics: Metrics, options: ProcessMetricsOptions): void {
  const { store, vault, folder, version, checks } = options
  metrics.watchProcess()
  metrics.gauge({
    name: 'tidings_build_info',
    help: 'Always 1: version of Tidings and of Node',
    labels: { version: new Set([version]), node: new Set([process.version]) },
    read: () => [{ value: 1, labels: { version, node: process.version } }],
  })
  metrics.gauge({
    name: 'tidings_record_statements',
    help: 'Statements in the record; those beyond the leaves of the log wait for a checkpoint',
    read: () => store.size(),
  })
  metrics.gauge({
    name: 'tidings_vault_contents',
    help: 'Contents in the vault: live, or pending until their statement is recorded',
    labels: { state: new Set(['live', 'pending']) },
    async read() {
      const { live, pending } = await vault.count()
      return [
        { value: live, labels: { state: 'live' } },
        { value: pending, labels: { state: 'pending' } },
      ]
    },
  })
  metrics.gauge({
    name: 'tidings_disk_free_bytes',
    help: 'Room left on the disk of the data folder',
    read: () => diskSpace(folder).freeBytes,
  })
  metrics.gauge({
    name: 'tidings_disk_size_bytes',
    help: 'Size of the disk of the data folder',
    read: () => diskSpace(folder).sizeBytes,
  })
  metrics.gauge({
    name: 'tidings_ready',
    help: '1 for each thing that is as it should be, 0 for each that the service waits for',
    labels: { check: new Set(Object.keys(checks)) },
    async read() {
      const waits = Object.entries(checks).map(async ([check, waitsFor]) => ({
        value: (await waitsFor()) === undefined ? 1 : 0,
        labels: { check },
      }))
      return await Promise.all(waits)
    },
  })
}
