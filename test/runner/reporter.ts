import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule, TestRunEndReason, TestSuite } from 'vitest/node'

/** What came of a run of vitest: its JSON reporter tells neither why a test was skipped nor which hook failed. */
export interface TestReport {
  readonly passed: number
  readonly failed: readonly { readonly name: string; readonly message: string }[]
  readonly skipped: readonly { readonly name: string; readonly note: string | undefined }[]
}

/** Writes a {@link TestReport} to the file named by `TIDINGS_TEST_REPORT`. */
export default class TestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[], reason: TestRunEndReason): void {
    const file = process.env.TIDINGS_TEST_REPORT
    if (file === undefined) throw new Error('TIDINGS_TEST_REPORT names no file')
    writeFileSync(file, JSON.stringify(report(modules, unhandled, reason)))
  }
}

function report(modules: readonly TestModule[], unhandled: readonly SerializedError[], reason: TestRunEndReason) {
  const tests = modules.flatMap((module) =>
    [...module.children.allTests()].map((test) => ({
      name: `${module.relativeModuleId}: ${test.fullName}`,
      result: test.result(),
    })),
  )
  // A file that cannot be loaded and a hook that throws are failures of their own.
  const suites = modules.flatMap((module): (TestModule | TestSuite)[] => [module, ...module.children.allSuites()])
  const failed = [
    ...tests.flatMap(({ name, result }) => {
      if (result.state === 'failed') return { name, message: firstLine(result.errors) }
      return result.state === 'pending' ? { name, message: 'did not run' } : []
    }),
    ...suites.flatMap((suite) => {
      const name =
        suite.type === 'module' ? suite.relativeModuleId : `${suite.module.relativeModuleId}: ${suite.fullName}`
      return suite.errors().length > 0 ? { name, message: firstLine(suite.errors()) } : []
    }),
    ...unhandled.map((error) => ({ name: 'outside of any test', message: firstLine([error]) })),
    ...(reason === 'interrupted' ? [{ name: 'vitest', message: 'interrupted' }] : []),
  ]
  return {
    passed: tests.filter(({ result }) => result.state === 'passed').length,
    failed,
    skipped: tests.flatMap(({ name, result }) => (result.state === 'skipped' ? { name, note: result.note } : [])),
  } satisfies TestReport
}

function firstLine(errors: readonly { readonly message?: string }[]): string {
  return errors[0]?.message?.split('\n')[0] ?? 'no message'
}
