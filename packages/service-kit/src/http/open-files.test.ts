import { expect, it } from 'vitest'
import { connectionsThatFit } from './open-files.ts'

it.each([
  [16_000, Number.POSITIVE_INFINITY, 16_000],
  [16_000, 20_000, 16_000],
  [16_000, 1024, 724],
  [16_000, 100, 1],
])('of %i connections wanted with %d open files, %i fit', (wanted, openFiles, fit) => {
  expect(connectionsThatFit(wanted, openFiles)).toBe(fit)
})
