import { LRUCache } from 'lru-cache'
import { equalBytes } from './bytes.ts'
import { DamagedLogError, TransparencyError } from './errors.ts'
import { emptyRoot, HASH_SIZE } from './merkle.ts'
import {
  consistencyPath,
  inclusionPath,
  type NodeOf,
  type RightEdge,
  rightEdge,
  rootOfEdge,
  tilesAbove,
} from './proofs.ts'
import { TileHashes } from './tile-hashes.ts'
import type { TileSource } from './tile-source.ts'
import { partialTiles, TILE_HEIGHT, TILE_WIDTH, type TileId, tilePath, widthAt } from './tiles.ts'

/** A tree whose root was verified. */
interface Head {
  readonly size: number
  readonly root: Uint8Array
  /** The partial tiles of this size, by key. Together they hash to the root. */
  readonly partials: ReadonlyMap<number, TileHashes>
}

/** Full tiles that were verified under one head or its continuations, and those being verified, by key. */
interface VerifiedTiles {
  readonly tiles: Pick<Map<number, TileHashes>, 'get'> & { set(key: number, tile: TileHashes): unknown }
  readonly loading: Map<number, Promise<TileHashes>>
}

/** Full tiles kept in memory, at 16 KiB each, unless told. */
const CACHED_TILES = 1024

/**
 * The tree below a verified root, read from tiles that nobody vouches for.
 *
 * A head is adopted only when its partial tiles hash to its root and the tree before it is its beginning. A full tile is believed only when it
 * hashes to its place in the tile above, which was verified the same way, up to the partial tiles. What was verified once is a prefix of every later
 * head, so it stays in memory as verified. May be used concurrently.
 */
export class VerifiedTree {
  readonly #source: TileSource
  readonly #verified: VerifiedTiles
  readonly #edges = new LRUCache<number, RightEdge>({ max: 64 })
  #head: Head = { size: 0, root: emptyRoot(), partials: new Map() }
  #adopting: Promise<void> = Promise.resolve()

  constructor(source: TileSource, options: { readonly cachedTiles?: number } = {}) {
    this.#source = source
    this.#verified = { tiles: new LRUCache({ max: options.cachedTiles ?? CACHED_TILES }), loading: new Map() }
  }

  /** Size of the largest verified head. */
  get size(): number {
    return this.#head.size
  }

  /**
   * Verifies a tree head against the tiles and against what was verified before.
   *
   * @throws {DamagedLogError} `transparency/resource-missing`, `transparency/tile-damaged`
   * @throws {TransparencyError} `transparency/fork`: both roots were signed, and no tree has both
   */
  adopt(size: number, root: Uint8Array): Promise<void> {
    // One after the other, so that each is compared with the one before; a failed one keeps nobody from trying again.
    const adopted = this.#adopting.then(() => this.#adopt(size, root))
    this.#adopting = adopted.catch(() => {})
    return adopted
  }

  async #adopt(size: number, root: Uint8Array): Promise<void> {
    const before = this.#head
    if (size <= before.size) {
      if (!equalBytes(await this.rootAt(size), root)) throw fork(size, before.size)
      return
    }
    const partials = new Map<number, TileHashes>()
    for (const tile of partialTiles(size)) {
      const bytes = await this.#read(tile)
      partials.set(keyOf(tile), new TileHashes(bytes, before.partials.get(keyOf(tile))))
    }
    const head = { size, root, partials }
    const edge = rightEdge(size, nodesIn(partials))
    if (!equalBytes(rootOfEdge(edge), root)) throw edgeDamaged(size)
    // Tiles are verified under the new head alone until it is known to continue the last one: a fork must not get in among those verified before.
    const apart = new Map<number, TileHashes>()
    const earlier = await this.#load(partialTiles(before.size), head, { tiles: apart, loading: new Map() })
    if (!equalBytes(rootOfEdge(rightEdge(before.size, nodesIn(earlier))), before.root)) throw fork(before.size, size)
    for (const [key, tile] of apart) this.#verified.tiles.set(key, tile)
    this.#head = head
    this.#edges.set(size, edge)
  }

  /** Root of the tree as it was at this size, at most the verified one. */
  async rootAt(size: number): Promise<Uint8Array> {
    const head = this.#headFor(size)
    return rootOfEdge(this.#edges.get(size) ?? (await this.#edge(size, head))).slice()
  }

  /** Audit paths of some leaves in the tree of this size (RFC 6962 section 2.1.1). The hashes are copies, and paths share those that they have in common. */
  async inclusionProofs(leaves: readonly number[], size: number): Promise<Uint8Array[][]> {
    const head = this.#headFor(size)
    for (const leaf of leaves)
      if (!Number.isSafeInteger(leaf) || leaf < 0 || leaf >= size)
        throw new TransparencyError('transparency/out-of-range', `there is no leaf ${leaf} in a tree of ${size}`)
    const edge = (this.#edges.get(size) ?? (await this.#edge(size, head))).map((hash) => hash?.slice())
    const copies = new Map<number, Uint8Array>()
    const proofs: Uint8Array[][] = []
    // Leaves of one tile have the same tiles above them, and they come side by side.
    let tile = -1
    let node: NodeOf | undefined
    for (const leaf of leaves) {
      if (node === undefined || Math.floor(leaf / TILE_WIDTH) !== tile) {
        tile = Math.floor(leaf / TILE_WIDTH)
        const tiles = tilesAbove(leaf, size)
        node = copied(nodesIn(this.#resident(tiles, head) ?? (await this.#load(tiles, head))), copies)
      }
      proofs.push(inclusionPath(leaf, size, node, edge))
    }
    return proofs
  }

  /** Consistency proof between two sizes (RFC 6962 section 2.1.2); empty between equal sizes and from the empty tree. */
  async consistencyProof(from: number, to: number): Promise<Uint8Array[]> {
    const head = this.#headFor(to)
    if (!Number.isSafeInteger(from) || from < 0 || from > to)
      throw new TransparencyError(
        'transparency/out-of-range',
        `a tree of ${to} leaves does not begin with one of ${from}`,
      )
    if (from === 0 || from === to) return []
    const edge = this.#edges.get(to) ?? (await this.#edge(to, head))
    // The smaller tree ends between two leaves, the larger one after a third: every node of the proof lies on or beside one of their paths.
    const loaded = await this.#load(
      [from - 1, from, to - 1].flatMap((leaf) => tilesAbove(leaf, to)),
      head,
    )
    return consistencyPath(from, to, nodesIn(loaded), edge)
  }

  /** A verified tile of the verified head, full or partial. */
  async tile(level: number, index: number): Promise<TileHashes> {
    return await this.#tile(level, index, this.#head)
  }

  #headFor(size: number): Head {
    if (!Number.isSafeInteger(size) || size < 0 || size > this.#head.size)
      throw new TransparencyError('transparency/out-of-range', `no checkpoint of size ${size} has been published yet`)
    return this.#head
  }

  async #edge(size: number, head: Head): Promise<RightEdge> {
    const tiles = partialTiles(size)
    const edge = rightEdge(size, nodesIn(this.#resident(tiles, head) ?? (await this.#load(tiles, head))))
    this.#edges.set(size, edge)
    return edge
  }

  #resident(tiles: readonly Place[], head: Head): Map<number, TileHashes> | undefined {
    const found = new Map<number, TileHashes>()
    for (const place of tiles) {
      if (widthAt(place.level, place.index, head.size) === 0) continue
      const key = keyOf(place)
      const tile = head.partials.get(key) ?? this.#verified.tiles.get(key)
      if (tile === undefined) return undefined
      found.set(key, tile)
    }
    return found
  }

  async #load(tiles: readonly Place[], head: Head, verified = this.#verified): Promise<Map<number, TileHashes>> {
    const there = tiles.filter(({ level, index }) => widthAt(level, index, head.size) > 0)
    return new Map(
      await Promise.all(
        there.map(async (place) => [keyOf(place), await this.#tile(place.level, place.index, head, verified)] as const),
      ),
    )
  }

  async #tile(level: number, index: number, head: Head, verified = this.#verified): Promise<TileHashes> {
    const key = keyOf({ level, index })
    const known = head.partials.get(key) ?? verified.tiles.get(key)
    if (known !== undefined) return known
    if (widthAt(level, index, head.size) !== TILE_WIDTH)
      throw new Error(`tree ${head.size} has no tile ${level}/${index}`)
    const loading = verified.loading.get(key) ?? this.#verify(level, index, head, verified)
    verified.loading.set(key, loading)
    try {
      return await loading
    } finally {
      verified.loading.delete(key)
    }
  }

  /** A full tile, verified against its place in the tile above. Every full tile has one: only partial tiles end the tree. */
  async #verify(level: number, index: number, head: Head, verified: VerifiedTiles): Promise<TileHashes> {
    const id = { level, index, width: TILE_WIDTH }
    const above = await this.#tile(level + 1, Math.floor(index / TILE_WIDTH), head, verified)
    const tile = new TileHashes(await this.#read(id), this.#head.partials.get(keyOf(id)))
    if (!equalBytes(tile.root(), above.hash(0, index % TILE_WIDTH)))
      throw new DamagedLogError(
        'transparency/tile-damaged',
        tilePath(id),
        `${tilePath(id)} is damaged: it does not hash to its place in the tile above`,
      )
    verified.tiles.set(keyOf(id), tile)
    return tile
  }

  /** Bytes of a tile; of a partial tile that has been removed, the beginning of the full one (C2SP tlog-tiles, "Partial Tiles"). */
  async #read(id: TileId): Promise<Uint8Array> {
    const path = tilePath(id)
    const exact = await this.#source.read(path)
    const full = exact === undefined && id.width < TILE_WIDTH ? tilePath({ ...id, width: TILE_WIDTH }) : undefined
    const bytes = exact ?? (full === undefined ? undefined : await this.#source.read(full))
    if (bytes === undefined)
      throw new DamagedLogError(
        'transparency/resource-missing',
        path,
        `${path} is missing although a checkpoint needs it`,
      )
    const expected = full === undefined ? id.width : TILE_WIDTH
    if (bytes.length !== expected * HASH_SIZE)
      throw new DamagedLogError(
        'transparency/tile-damaged',
        full ?? path,
        `${full ?? path} is damaged: it has ${bytes.length} bytes instead of ${expected * HASH_SIZE}`,
      )
    return bytes.subarray(0, id.width * HASH_SIZE)
  }
}

interface Place {
  readonly level: number
  readonly index: number
}

/** One number for a place: levels are below 8 in any tree that a number can count. */
function keyOf({ level, index }: Place): number {
  return index * 8 + level
}

function nodesIn(tiles: ReadonlyMap<number, TileHashes>): NodeOf {
  return (level, index) => {
    const height = level % TILE_HEIGHT
    const perTile = 2 ** (TILE_HEIGHT - height)
    const place = { level: (level - height) / TILE_HEIGHT, index: Math.floor(index / perTile) }
    const tile = tiles.get(keyOf(place))
    if (tile === undefined) throw new Error(`tile ${place.level}/${place.index} was not loaded`)
    return tile.hash(height, index % perTile)
  }
}

/** The same nodes as bytes of their own, each copied once. */
function copied(node: NodeOf, copies: Map<number, Uint8Array>): NodeOf {
  return (level, index) => {
    // Below 64 levels in any tree that a number can count.
    const key = index * 64 + level
    let copy = copies.get(key)
    if (copy === undefined) {
      copy = node(level, index).slice()
      copies.set(key, copy)
    }
    return copy
  }
}

function edgeDamaged(size: number): DamagedLogError {
  const paths = partialTiles(size).map(tilePath)
  const which =
    paths.length === 1 ? `${paths[0]} is damaged: it does` : `one of ${paths.join(', ')} is damaged: they do`
  return new DamagedLogError(
    'transparency/tile-damaged',
    paths[0] ?? 'tile',
    `${which} not hash to the root that was signed`,
  )
}

function fork(size: number, other: number): TransparencyError {
  return new TransparencyError(
    'transparency/fork',
    `the log signed a tree of ${size} leaves that is no beginning of the one of ${other}, or no continuation: keep both checkpoints, they prove it`,
  )
}
