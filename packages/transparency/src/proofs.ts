import { emptyRoot, nodeHash } from './merkle.ts'
import { TILE_WIDTH } from './tiles.ts'

/** Root of the complete subtree of 2^level leaves that begins at leaf index * 2^level. */
export type NodeOf = (level: number, index: number) => Uint8Array

/**
 * The incomplete right edge of a tree: at [level] the root over the leaves from the last multiple of 2^level up to its size, undefined when there
 * are none. With it every range that RFC 6962 names in a proof is one look-up.
 */
export type RightEdge = readonly (Uint8Array | undefined)[]

export function rightEdge(size: number, node: NodeOf): RightEdge {
  const edge: (Uint8Array | undefined)[] = [undefined]
  for (let level = 0, index = size; index > 0; level++, index = Math.floor(index / 2)) {
    const below = edge[level]
    if (index % 2 === 0) edge.push(below)
    else {
      const left = node(level, index - 1)
      edge.push(below === undefined ? left : nodeHash(left, below))
    }
  }
  return edge
}

/** Root of the tree with this right edge. */
export function rootOfEdge(edge: RightEdge): Uint8Array {
  return edge.at(-1) ?? emptyRoot()
}

/** Audit path of a leaf, lowest first (RFC 6962 section 2.1.1). The hashes are those of `node` and `edge`, not copies. */
export function inclusionPath(leaf: number, size: number, node: NodeOf, edge: RightEdge): Uint8Array[] {
  const path: Uint8Array[] = []
  for (let level = 0, span = 1, index = leaf; span < size; level++, span *= 2, index = Math.floor(index / 2)) {
    const sibling = index % 2 === 0 ? index + 1 : index - 1
    if ((sibling + 1) * span <= size) path.push(node(level, sibling))
    else if (sibling * span < size) path.push(edge[level] as Uint8Array)
  }
  return path
}

/** Consistency proof from a smaller tree, not empty, to a larger one (RFC 6962 section 2.1.2, SUBPROOF). The hashes are copies. */
export function consistencyPath(from: number, to: number, node: NodeOf, edge: RightEdge): Uint8Array[] {
  const range = (start: number, end: number): Uint8Array => {
    const level = Math.ceil(Math.log2(end - start))
    return (2 ** level === end - start ? node(level, start / 2 ** level) : (edge[level] as Uint8Array)).slice()
  }
  const subproof = (start: number, end: number, known: boolean): Uint8Array[] => {
    if (from === end) return known ? [] : [range(start, end)]
    const middle = start + 2 ** (Math.ceil(Math.log2(end - start)) - 1)
    return from <= middle
      ? [...subproof(start, middle, known), range(middle, end)]
      : [...subproof(middle, end, false), range(start, middle)]
  }
  return subproof(0, to, true)
}

/** Which tiles, as level and index, hold the nodes of the path from this leaf to the root. */
export function tilesAbove(leaf: number, size: number): { readonly level: number; readonly index: number }[] {
  const tiles = []
  for (let level = 0, hashes = size, at = leaf; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    at = Math.floor(at / TILE_WIDTH)
    tiles.push({ level, index: at })
  }
  return tiles
}
