import type { Placed, Standing } from '@tidings/exchange'
import { describe, expect, it, vi } from 'vitest'
import { KnownStream } from './record-view.ts'

describe('a stream that intake knows', () => {
  const about = '01a215f8-5bfd-71af-b728-fe9ca13e8cef'
  const placed = (leaf: number) =>
    ({
      leaf,
      id: `statement ${leaf}`,
      kid: 'key',
      payload: { v: 1, kind: 'case.describe', iss: 'party', about, iat: '2026-01-01T00:00:00Z', body: {} },
    }) as unknown as Placed

  /** Who stands how is asked whenever something is folded. */
  function watched() {
    const party = vi.fn(() => undefined)
    const standing: Standing = { party, mechanism: () => undefined }
    return { party, stream: new KnownStream(`case-${about}`, standing) }
  }

  it('is folded when its state is asked for, once for each statement', () => {
    const { party, stream } = watched()
    stream.append(placed(0), 0)
    stream.append(placed(1), 1)
    expect([stream.revision, party.mock.calls.length]).toEqual([1, 0])
    const { state } = stream
    const folded = party.mock.calls.length
    expect(folded).toBeGreaterThan(0)
    expect(stream.state).toBe(state)
    expect(party).toHaveBeenCalledTimes(folded)
  })

  it('keeps but a few statements unfolded, however long nobody asks', () => {
    const { party, stream } = watched()
    for (let leaf = 0; leaf < 3; leaf++) stream.append(placed(leaf), leaf)
    expect(party).not.toHaveBeenCalled()
    stream.append(placed(3), 3)
    expect(party).toHaveBeenCalled()
  })
})
