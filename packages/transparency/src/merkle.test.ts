import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inventedEntries } from './invented-log.fixture.ts'
import { emptyRoot, leafHash, merkleRoot, nodeHash, verifyConsistency, verifyInclusion } from './merkle.ts'
import { consistencyPath, inclusionPath, type NodeOf, rightEdge, rootOfEdge } from './proofs.ts'
import { describeVectors } from './shared-vectors.fixture.ts'

/** RFC 6962 section 2.1, word for word. */
function mth(entries: readonly Uint8Array[]): Uint8Array {
  const [first] = entries
  if (first === undefined) return emptyRoot()
  if (entries.length === 1) return leafHash(first)
  const k = 2 ** (Math.ceil(Math.log2(entries.length)) - 1)
  return nodeHash(mth(entries.slice(0, k)), mth(entries.slice(k)))
}

/** RFC 6962 section 2.1.1, word for word. */
function path(m: number, entries: readonly Uint8Array[]): Uint8Array[] {
  if (entries.length <= 1) return []
  const k = 2 ** (Math.ceil(Math.log2(entries.length)) - 1)
  return m < k
    ? [...path(m, entries.slice(0, k)), mth(entries.slice(k))]
    : [...path(m - k, entries.slice(k)), mth(entries.slice(0, k))]
}

/** RFC 6962 section 2.1.2, word for word. */
function subproof(m: number, entries: readonly Uint8Array[], known: boolean): Uint8Array[] {
  if (m === entries.length) return known ? [] : [mth(entries)]
  const k = 2 ** (Math.ceil(Math.log2(entries.length)) - 1)
  return m <= k
    ? [...subproof(m, entries.slice(0, k), known), mth(entries.slice(k))]
    : [...subproof(m - k, entries.slice(k), false), mth(entries.slice(0, k))]
}

describe('the tree', () => {
  it('has the root that RFC 6962 defines, whatever its size', () => {
    expect(emptyRoot().toHex()).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 }), (entries) => {
        expect(merkleRoot(entries)).toEqual(mth(entries))
      }),
    )
  })
})

describe('proofs', () => {
  const entries = inventedEntries(0, 300)
  const memo = new Map<string, Uint8Array>()
  const node: NodeOf = (level, index) => {
    const key = `${level}/${index}`
    const known = memo.get(key) ?? mth(entries.slice(index * 2 ** level, (index + 1) * 2 ** level))
    memo.set(key, known)
    return known
  }
  const sizes = fc.integer({ min: 1, max: 300 })

  it('are those of RFC 6962 at any size, and hold', () => {
    fc.assert(
      fc.property(sizes, fc.nat(299), fc.integer({ min: 1, max: 300 }), (size, leafAny, fromAny) => {
        const tree = entries.slice(0, size)
        const edge = rightEdge(size, node)
        const root = rootOfEdge(edge)
        expect(root).toEqual(mth(tree))

        const index = leafAny % size
        const inclusion = inclusionPath(index, size, node, edge)
        expect(inclusion).toEqual(path(index, tree))
        verifyInclusion({ leaf: leafHash(tree[index] as Uint8Array), index, size, root, proof: inclusion })

        const from = 1 + (fromAny % size)
        const consistency = consistencyPath(from, size, node, edge)
        expect(consistency).toEqual(subproof(from, tree, true))
        const older = { size: from, root: mth(tree.slice(0, from)) }
        verifyConsistency({ from: older, to: { size, root }, proof: consistency })
      }),
      { numRuns: 60 },
    )
  })

  it('do not hold for another leaf, another place, another size, or with a bit changed', () => {
    fc.assert(
      fc.property(sizes, fc.nat(299), fc.nat(), (size, leafAny, where) => {
        const index = leafAny % size
        const edge = rightEdge(size, node)
        const claim = {
          leaf: leafHash(entries[index] as Uint8Array),
          index,
          size,
          root: rootOfEdge(edge),
          proof: inclusionPath(index, size, node, edge),
        }
        const invalid = { code: 'transparency/inclusion-invalid' }
        expect(() => verifyInclusion({ ...claim, leaf: leafHash(claim.leaf) })).toThrow(
          expect.objectContaining(invalid),
        )
        expect(() => verifyInclusion({ ...claim, index: index + 1 })).toThrow(expect.objectContaining(invalid))
        expect(() => verifyInclusion({ ...claim, root: leafHash(claim.root) })).toThrow(
          expect.objectContaining(invalid),
        )
        expect(() => verifyInclusion({ ...claim, proof: [...claim.proof, claim.root] })).toThrow()
        if (claim.proof.length === 0) return
        expect(() => verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toThrow()
        const at = where % claim.proof.length
        const flipped = claim.proof.map((hash, i) =>
          i === at ? hash.with(where % 32, (hash[where % 32] as number) ^ 1) : hash,
        )
        expect(() => verifyInclusion({ ...claim, proof: flipped })).toThrow(expect.objectContaining(invalid))
      }),
      { numRuns: 60 },
    )
  })

  it('lead from the empty tree to any tree, and from a tree to itself, without a hash', () => {
    const root = mth(entries)
    verifyConsistency({ from: { size: 0, root: emptyRoot() }, to: { size: 300, root }, proof: [] })
    verifyConsistency({ from: { size: 300, root }, to: { size: 300, root }, proof: [] })
    const invalid = expect.objectContaining({ code: 'transparency/consistency-invalid' })
    const other = leafHash(root)
    expect(() => verifyConsistency({ from: { size: 300, root }, to: { size: 300, root: other }, proof: [] })).toThrow(
      invalid,
    )
    expect(() => verifyConsistency({ from: { size: 0, root }, to: { size: 300, root }, proof: [] })).toThrow(invalid)
    expect(() => verifyConsistency({ from: { size: 300, root }, to: { size: 299, root }, proof: [] })).toThrow(invalid)
  })
})

describeVectors('the proofs of transparency-dev/merkle', 'merkle', (folder) => {
  interface Vector {
    readonly name: string
    readonly desc: string
    readonly wantErr: boolean
    readonly proof: readonly string[] | null
  }
  const vectors = <T>(file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly (T & Vector)[]
  const bytes = (text: string | null) => Uint8Array.fromBase64(text ?? '')
  const holds = (verify: () => void) => {
    try {
      verify()
      return true
    } catch (error) {
      expect(error).toHaveProperty('code', expect.stringMatching(/^transparency\/(inclusion|consistency)-invalid$/))
      return false
    }
  }

  /** Named because we are stricter here than the vectors, on purpose. */
  const stricter: Readonly<Record<string, string>> = {
    'consistency/additional/sizes-are-equal-one-and-proof-is-empty': 'its roots have 12 bytes; a root has 32',
  }

  const inclusion = vectors<{ leafIdx: number; treeSize: number; root: string; leafHash: string }>('inclusion.json')
  it.each(inclusion)('$name', ({ name, leafIdx, treeSize, root, leafHash: leaf, proof, wantErr }) => {
    const held = holds(() =>
      verifyInclusion({
        leaf: bytes(leaf),
        index: leafIdx,
        size: treeSize,
        root: bytes(root),
        proof: (proof ?? []).map(bytes),
      }),
    )
    expect(held).toBe(!wantErr && stricter[name] === undefined)
  })

  const consistency = vectors<{ size1: number; size2: number; root1: string; root2: string }>('consistency.json')
  it.each(consistency)('$name', ({ name, size1, size2, root1, root2, proof, wantErr }) => {
    const held = holds(() =>
      verifyConsistency({
        from: { size: size1, root: bytes(root1) },
        to: { size: size2, root: bytes(root2) },
        proof: (proof ?? []).map(bytes),
      }),
    )
    expect(held).toBe(!wantErr && stricter[name] === undefined)
  })

  it('are all there', () => {
    expect([inclusion.length, consistency.length]).toEqual([98, 98])
  })
})
