import { sha256 } from '#sha256'
import { concatBytes, equalBytes } from './bytes.ts'
import { TransparencyError } from './errors.ts'

/** Bytes of a hash. */
export const HASH_SIZE = 32

const LEAF = Uint8Array.of(0)
/** What is hashed for an inner node, written anew for each: an array for each would cost as much as its hash. */
const NODE = Uint8Array.of(1, ...new Uint8Array(2 * HASH_SIZE))

/** Root of the tree without leaves: SHA-256 of nothing (RFC 6962 section 2.1). */
export function emptyRoot(): Uint8Array {
  return sha256(new Uint8Array())
}

/** Hash of an entry as a leaf: SHA-256(0x00 || entry) (RFC 6962 section 2.1). */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(concatBytes(LEAF, entry))
}

/** Hash of an inner node: SHA-256(0x01 || left || right) (RFC 6962 section 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  assertHash(left)
  assertHash(right)
  NODE.set(left, 1)
  NODE.set(right, 1 + HASH_SIZE)
  return sha256(NODE)
}

/** {@link nodeHash} of two hashes that stand side by side in a row of hashes, the left one at an even index. */
export function nodeHashIn(row: Uint8Array, index: number): Uint8Array {
  const from = index * HASH_SIZE
  if (from + 2 * HASH_SIZE > row.length) throw new RangeError(`there are no two hashes at ${index} in this row`)
  for (let i = 0; i < 2 * HASH_SIZE; i++) NODE[1 + i] = row[from + i] as number
  return sha256(NODE)
}

/** Root of the Merkle tree over these entries (RFC 6962 section 2.1). */
export function merkleRoot(entries: Iterable<Uint8Array>): Uint8Array {
  const frontier = new Frontier()
  for (const entry of entries) frontier.append(leafHash(entry))
  return frontier.root()
}

/**
 * The right edge of a growing tree: the roots of the complete subtrees that its leaves fall into, one for each bit set in its size. That is all
 * that is needed to append and to tell the root; an append costs one hash on average, a root at most one a level.
 */
export class Frontier {
  #size = 0
  readonly #nodes: (Uint8Array | undefined)[] = []

  /** A frontier of this size; `node(level, index)` gives the root of a complete subtree of 2^level leaves. */
  static at(size: number, node: (level: number, index: number) => Uint8Array): Frontier {
    const frontier = new Frontier()
    let index = size
    for (let level = 0; index > 0; level++) {
      if (index % 2 === 1) frontier.#nodes[level] = node(level, index - 1)
      index = Math.floor(index / 2)
    }
    frontier.#size = size
    return frontier
  }

  get size(): number {
    return this.#size
  }

  /** Appends a leaf; `completed` is told every subtree that it completes, lowest first. */
  append(leaf: Uint8Array, completed?: (level: number, hash: Uint8Array) => void): void {
    let hash = leaf
    let level = 0
    for (let index = this.#size; index % 2 === 1; index = Math.floor(index / 2)) {
      const left = this.#nodes[level]
      if (left === undefined) throw new Error('a frontier lost a node')
      hash = nodeHash(left, hash)
      this.#nodes[level] = undefined
      level++
      completed?.(level, hash)
    }
    this.#nodes[level] = hash
    this.#size++
  }

  root(): Uint8Array {
    let root: Uint8Array | undefined
    for (const node of this.#nodes) if (node !== undefined) root = root === undefined ? node : nodeHash(node, root)
    return root ?? emptyRoot()
  }
}

/** What an inclusion proof claims: that the leaf stands at this index in the tree of this size and root. */
export interface InclusionClaim {
  /** The leaf's hash, see {@link leafHash}. */
  readonly leaf: Uint8Array
  /** From 0. */
  readonly index: number
  readonly size: number
  readonly root: Uint8Array
  /** Audit path, lowest first (RFC 6962 section 2.1.1). */
  readonly proof: readonly Uint8Array[]
}

/**
 * Verifies an inclusion proof (RFC 9162 section 2.1.3.2; the proofs are those of RFC 6962 section 2.1.1).
 *
 * @throws {TransparencyError} `transparency/inclusion-invalid`
 */
export function verifyInclusion({ leaf, index, size, root, proof }: InclusionClaim): void {
  const invalid = (why: string) =>
    new TransparencyError('transparency/inclusion-invalid', `the inclusion proof does not hold: ${why}`)
  if (!isCount(index) || !isCount(size) || index >= size) throw invalid(`there is no leaf ${index} among ${size}`)
  if (![leaf, root, ...proof].every(isHash)) throw invalid('a hash is not of 32 bytes')
  let fn = index
  let sn = size - 1
  let hash = leaf
  for (const sibling of proof) {
    if (sn === 0) throw invalid('it is too long')
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash)
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2
        sn = Math.floor(sn / 2)
      }
    } else hash = nodeHash(hash, sibling)
    fn = Math.floor(fn / 2)
    sn = Math.floor(sn / 2)
  }
  if (sn !== 0) throw invalid('it is too short')
  if (!equalBytes(hash, root)) throw invalid('it leads to another root')
}

/** What a consistency proof claims: that the larger tree begins with the smaller one. */
export interface ConsistencyClaim {
  readonly from: { readonly size: number; readonly root: Uint8Array }
  readonly to: { readonly size: number; readonly root: Uint8Array }
  /** RFC 6962 section 2.1.2. Empty between equal sizes and from the empty tree. */
  readonly proof: readonly Uint8Array[]
}

/**
 * Verifies a consistency proof (RFC 9162 section 2.1.4.2; the proofs are those of RFC 6962 section 2.1.2).
 *
 * @throws {TransparencyError} `transparency/consistency-invalid`
 */
export function verifyConsistency({ from, to, proof }: ConsistencyClaim): void {
  const invalid = (why: string) =>
    new TransparencyError('transparency/consistency-invalid', `the consistency proof does not hold: ${why}`)
  if (!isCount(from.size) || !isCount(to.size) || from.size > to.size)
    throw invalid(`a tree of ${to.size} leaves cannot begin with one of ${from.size}`)
  if (![from.root, to.root, ...proof].every(isHash)) throw invalid('a hash is not of 32 bytes')
  if (from.size === to.size || from.size === 0) {
    if (proof.length > 0) throw invalid('it should be empty')
    if (!equalBytes(from.root, from.size === 0 ? emptyRoot() : to.root))
      throw invalid('the roots of the same size differ')
    if (to.size === 0 && !equalBytes(to.root, emptyRoot())) throw invalid('the root of the empty tree is another')
    return
  }
  let fn = from.size - 1
  let sn = to.size - 1
  while (fn % 2 === 1) {
    fn = Math.floor(fn / 2)
    sn = Math.floor(sn / 2)
  }
  // A smaller tree that is one complete subtree is its own first hash.
  const [first, ...rest] = fn === 0 ? [from.root, ...proof] : proof
  if (first === undefined || proof.length === 0) throw invalid('it is too short')
  let older = first
  let newer = first
  for (const hash of rest) {
    if (sn === 0) throw invalid('it is too long')
    if (fn % 2 === 1 || fn === sn) {
      older = nodeHash(hash, older)
      newer = nodeHash(hash, newer)
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2
        sn = Math.floor(sn / 2)
      }
    } else newer = nodeHash(newer, hash)
    fn = Math.floor(fn / 2)
    sn = Math.floor(sn / 2)
  }
  if (sn !== 0) throw invalid('it is too short')
  if (!equalBytes(older, from.root)) throw invalid('it leads to another root of the smaller tree')
  if (!equalBytes(newer, to.root)) throw invalid('it leads to another root of the larger tree')
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function assertHash(value: Uint8Array): void {
  if (!isHash(value)) throw new RangeError(`a hash has ${HASH_SIZE} bytes, this has ${value.length}`)
}

function isHash(value: Uint8Array): boolean {
  return value.length === HASH_SIZE
}
