import { ClientError, problemTypes, ServiceError, SplitViewError } from '@tidings/client'
import { EvidenceError } from '@tidings/evidence'
import { describe, expect, it } from 'vitest'
import { CommandError, usageError } from './command-error.ts'
import { explainError } from './explain-error.ts'

const refused = (name: keyof typeof problemTypes) =>
  new ServiceError({ type: `urn:tidings:problem:${name}`, ...problemTypes[name] })

describe('a failure ends with the exit code that scripts rely on', () => {
  it.each([
    ['usage', usageError('x'), 3],
    ['a key that does not count', refused('key-revoked'), 4],
    ['a reader that is not entitled', refused('not-entitled'), 4],
    ['what does not verify', new EvidenceError('evidence/inclusion', 'proof', 'x'), 5],
    ['a split view', new SplitViewError('x', []), 5],
    ['a receipt that does not hold', new ClientError('client/receipt-invalid', 'x'), 5],
    ['a log that does not continue', refused('seen-not-a-prefix'), 5],
    ['a conflict', refused('already-answered'), 6],
    ['a service that is busy', refused('busy'), 7],
    ['a service out of reach', new ClientError('client/unreachable', 'x'), 1],
    ['what is not there', refused('not-found'), 1],
    ['a copy that takes nothing, whatever the key', refused('read-only'), 1],
  ] as const)('%s', (_, error, exitCode) => {
    expect(explainError(error)?.exitCode).toBe(exitCode)
  })

  it('and carries a stable code, whatever the operating system calls it', () => {
    expect(explainError(usageError('x'))?.code).toBe('cli/usage')
    expect(explainError(new CommandError('x', 8))?.code).toBe('cli/nothing-to-do')
    const system = Object.assign(new Error('ENOSPC: no room'), { code: 'ENOSPC', syscall: 'write' })
    expect(explainError(system)).toMatchObject({ code: 'cli/system', details: { system: 'ENOSPC' } })
  })

  it('and says what to do', () => {
    expect(explainError(refused('mechanism-not-in-force'))?.message).toContain('tidings mechanism show')
  })

  it('but an error of the program itself is not explained away', () => {
    expect(explainError(new TypeError('x'))).toBeUndefined()
  })
})
