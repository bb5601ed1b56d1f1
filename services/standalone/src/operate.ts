import { parseArgs } from 'node:util'
import { makeBackup } from './backup/make-backup.ts'
import { restoreBackup } from './backup/restore-backup.ts'
import { examineFolder } from './doctor/examine-folder.ts'
import { rebuildViews } from './rebuild-views.ts'
import { startFailure } from './start-failure.ts'

// What an operator does with a data folder beside the service that works on it. `tidings` starts this as a process of its own and reads a line of JSON
// for each thing that is told: {step}, {finding}, {done}, {failed}.

const { values } = parseArgs({
  options: {
    act: { type: 'string' },
    data: { type: 'string' },
    to: { type: 'string' },
    from: { type: 'string' },
    keys: { type: 'string' },
  },
})

function tell(what: unknown): void {
  process.stdout.write(`${JSON.stringify(what)}\n`)
}

const everyMs = 200
let told = Number.NEGATIVE_INFINITY
let stepNow = ''
function onStep(step: string, done: number, total: number): void {
  if (step === stepNow && performance.now() - told < everyMs) return
  told = performance.now()
  stepNow = step
  tell({ step: { step, done, total } })
}

function needed(name: 'data' | 'to' | 'from'): string {
  const value = values[name]
  if (value === undefined) throw new TypeError(`--${name} is needed`)
  return value
}

async function act(): Promise<unknown> {
  switch (values.act) {
    case 'backup':
      return await makeBackup(needed('data'), needed('to'), onStep)
    case 'restore':
      return await restoreBackup(
        { from: needed('from'), data: needed('data'), ...(values.keys !== undefined && { keys: values.keys }) },
        onStep,
      )
    case 'rebuild':
      await rebuildViews(needed('data'), onStep)
      return {}
    case 'doctor': {
      for await (const finding of examineFolder(needed('data'))) tell({ finding })
      return {}
    }
    default:
      throw new TypeError('--act is backup, restore, rebuild or doctor')
  }
}

try {
  tell({ done: await act() })
} catch (error) {
  const { message, code } = error as Error & { code?: string }
  tell({ failed: { message: code === undefined ? startFailure(error).message : message, code } })
  process.exitCode = 1
}
