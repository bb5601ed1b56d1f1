import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['test/support/seed.ts'],
          include: ['packages/*/src/**/*.test.ts', 'services/*/src/**/*.test.ts'],
          // The machine may be busy with something else: no test is about how long it takes.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Whole processes, browsers and registers: one file after the other, since each may want the whole machine.
        test: {
          name: 'whole',
          setupFiles: ['test/support/seed.ts'],
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'test/.out/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
