import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inventedEntries, inventedEntry } from './invented-log.fixture.ts'
import { leafHash, merkleRoot, verifyConsistency, verifyInclusion } from './merkle.ts'
import type { TileSource } from './tile-source.ts'
import { VerifiedTree } from './verified-tree.ts'
import { TreeEdge } from './writer/tree-edge.ts'

/** The tiles of a tree that published these sizes, in memory. */
function tilesOf(sizes: readonly number[], entryOf = inventedEntry): Map<string, Uint8Array> {
  const edge = TreeEdge.empty()
  const tiles = new Map<string, Uint8Array>()
  for (const size of sizes) {
    while (edge.size < size) edge.append(entryOf(edge.size))
    const { lasting, passing } = edge.take()
    for (const { path, data } of [...lasting, ...passing]) tiles.set(path, data)
  }
  return tiles
}

const sourceOf = (tiles: ReadonlyMap<string, Uint8Array>): TileSource => ({ read: async (path) => tiles.get(path) })
const rootOf = (size: number) => merkleRoot(inventedEntries(0, size))

describe('a tree read from tiles', () => {
  it('proves many leaves at once, wherever they stand, in hashes that nobody else holds', async () => {
    const tree = new VerifiedTree(sourceOf(tilesOf([1500])), { cachedTiles: 2 })
    await tree.adopt(1500, rootOf(1500))
    for (const size of [1, 256, 700, 1500]) {
      const leaves = [0, size - 1, Math.floor(size / 2), ...Array.from({ length: size }, (_, leaf) => leaf)]
      const root = rootOf(size)
      const proofs = await tree.inclusionProofs(leaves, size)
      for (const [i, index] of leaves.entries())
        verifyInclusion({ leaf: leafHash(inventedEntry(index)), index, size, root, proof: proofs[i] as Uint8Array[] })
      for (const hash of proofs.flat()) hash.fill(0)
      expect(await tree.rootAt(size)).toEqual(root)
      const [again] = await tree.inclusionProofs([size - 1], size)
      verifyInclusion({ leaf: leafHash(inventedEntry(size - 1)), index: size - 1, size, root, proof: again ?? [] })
    }
  })

  it('proves what RFC 6962 would, at every size, as it grows', async () => {
    const increasing = fc
      .uniqueArray(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 6 })
      .map((sizes) => sizes.sort((a, b) => a - b))
    await fc.assert(
      fc.asyncProperty(increasing, fc.nat(), fc.nat(), async (sizes, anyLeaf, anySize) => {
        const tree = new VerifiedTree(sourceOf(tilesOf(sizes)), { cachedTiles: 2 })
        for (const head of sizes) {
          await tree.adopt(head, rootOf(head))
          const size = 1 + (anySize % head)
          const index = anyLeaf % size
          const root = await tree.rootAt(size)
          expect(root).toEqual(rootOf(size))
          const [proof] = await tree.inclusionProofs([index], size)
          verifyInclusion({ leaf: leafHash(inventedEntry(index)), index, size, root, proof: proof as Uint8Array[] })
          verifyConsistency({
            from: { size, root },
            to: { size: head, root: rootOf(head) },
            proof: await tree.consistencyProof(size, head),
          })
        }
      }),
      { numRuns: 25 },
    )
  })

  it('adopts no head that is not a continuation of the last: both were signed, that is a fork', async () => {
    const tiles = tilesOf([300])
    const fork = tilesOf([400], (n) => inventedEntry(n === 7 ? 100_000 : n))
    let present = tiles
    const tree = new VerifiedTree({ read: async (path) => present.get(path) })
    await tree.adopt(300, rootOf(300))
    present = fork
    const forkRoot = merkleRoot(inventedEntries(0, 400).with(7, inventedEntry(100_000)))
    await expect(tree.adopt(400, forkRoot)).rejects.toMatchObject({ code: 'transparency/fork' })
    expect(tree.size).toBe(300)
    present = tiles
    await expect(tree.adopt(200, forkRoot)).rejects.toMatchObject({ code: 'transparency/fork' })
  })

  it('believes nothing that it has read under a fork', async () => {
    const tiles = tilesOf([300])
    const forged = (n: number) => inventedEntry(n === 7 ? 100_000 : n)
    let present = tiles
    const tree = new VerifiedTree({ read: async (path) => present.get(path) })
    await tree.adopt(300, rootOf(300))
    present = tilesOf([300, 700], forged)
    const forkRoot = merkleRoot(Array.from({ length: 700 }, (_, n) => forged(n)))
    await expect(tree.adopt(700, forkRoot)).rejects.toMatchObject({ code: 'transparency/fork' })
    present = tiles
    expect(await tree.rootAt(300)).toEqual(rootOf(300))
    const [proof] = await tree.inclusionProofs([8], 300)
    const leaf = leafHash(inventedEntry(8))
    verifyInclusion({ leaf, index: 8, size: 300, root: rootOf(300), proof: proof as Uint8Array[] })
  })

  it('adopts no head whose tiles do not hash to its root, and tries again when asked again', async () => {
    const tiles = tilesOf([300])
    const right = tiles.get('tile/1/000.p/1') as Uint8Array
    tiles.set('tile/1/000.p/1', right.with(0, (right[0] as number) ^ 1))
    const tree = new VerifiedTree(sourceOf(tiles))
    await expect(tree.adopt(300, rootOf(300))).rejects.toMatchObject({ code: 'transparency/tile-damaged' })
    tiles.set('tile/1/000.p/1', right)
    await tree.adopt(300, rootOf(300))
    expect(tree.size).toBe(300)
  })
})
