import { describe, expect, it } from 'vitest'
import { startBanner } from './start-banner.ts'
import { startFailure } from './start-failure.ts'

const service = { url: 'http://127.0.0.1:7300', origin: 'tidings.example/log', folder: '/data' }

describe('what is told at the start', () => {
  it('says that the service is ready only when it is', () => {
    expect(startBanner(service, {})[0]).toBe('Tidings is ready at http://127.0.0.1:7300')
  })

  it('says what it waits for while it is not', () => {
    const lines = startBanner(service, { disk: 'the disk has 5 MiB left', guard: 'the guard is gone' })
    expect(lines.join('\n')).not.toContain('is ready')
    expect(lines.slice(0, 3)).toEqual([
      'Tidings answers at http://127.0.0.1:7300, but is not ready. It waits for:',
      '  disk   the disk has 5 MiB left',
      '  guard  the guard is gone',
    ])
  })

  it.each([
    { code: 'ENOTFOUND', hostname: '300.1.1.1' },
    { code: 'EAI_AGAIN', hostname: '300.1.1.1' },
    { code: 'EADDRNOTAVAIL', address: '300.1.1.1' },
  ])('names the address that this machine does not have ($code)', (error) => {
    expect(startFailure(error).message).toBe('This machine has no address 300.1.1.1. Choose another with --host.')
  })
})
