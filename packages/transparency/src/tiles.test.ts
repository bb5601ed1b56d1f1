import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bundlePath, parseTilePath, partialTiles, tilePath, widthAt } from './tiles.ts'

describe('paths of tlog-tiles', () => {
  it('write an index in groups of three digits', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067')
    expect(tilePath({ level: 2, index: 0, width: 1 })).toBe('tile/2/000.p/1')
    expect(bundlePath({ index: 273, width: 112 })).toBe('tile/entries/273.p/112')
    expect(bundlePath({ index: 1000, width: 256 })).toBe('tile/entries/x001/000')
  })

  it('are read back to what they were written from', () => {
    const index = fc.nat({ max: 2 ** 45 })
    const width = fc.integer({ min: 1, max: 256 })
    fc.assert(
      fc.property(fc.nat(63), index, width, (level, index, width) => {
        expect(parseTilePath(tilePath({ level, index, width }))).toEqual({ level, index, width })
        expect(parseTilePath(bundlePath({ index, width }))).toEqual({ level: 'entries', index, width })
      }),
    )
  })

  it.each([
    'tile/0/1',
    'tile/0/0001',
    'tile/0/x000/001',
    'tile/00/001',
    'tile/64/001',
    'tile/0/001.p/0',
    'tile/0/001.p/256',
    'tile/0/001.p/01',
    'tile/0/001/002',
    'tile/0/../checkpoint',
    'tile/-1/000',
    'tile/entries',
    'checkpoint',
    '/tile/0/000',
    'tile/0/000\n',
  ])('have one form each: %j is none', (path) => {
    expect(() => parseTilePath(path)).toThrow(expect.objectContaining({ code: 'transparency/malformed-path' }))
  })
})

describe('the tiles of a tree', () => {
  it('are those of the example of tlog-tiles: 70,000 entries', () => {
    expect(partialTiles(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ])
    expect(widthAt(0, 272, 70_000)).toBe(256)
    expect(widthAt(1, 0, 70_000)).toBe(256)
    expect(widthAt(0, 274, 70_000)).toBe(0)
  })

  it('end with a partial tile of one hash at 256 entries, and with none at 0', () => {
    expect(partialTiles(256)).toEqual([{ level: 1, index: 0, width: 1 }])
    expect(partialTiles(0)).toEqual([])
  })
})
