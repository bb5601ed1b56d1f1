import { concatBytes } from '../bytes.ts'
import { assertEntrySize, encodeEntries } from '../entry-bundle.ts'
import { Frontier, leafHash } from '../merkle.ts'
import type { TileHashes } from '../tile-hashes.ts'
import { bundlePath, partialTiles, TILE_HEIGHT, TILE_WIDTH, tilePath } from '../tiles.ts'

/** A resource of the log, ready to be written. */
export interface Resource {
  /** By tlog-tiles. */
  readonly path: string
  readonly data: Uint8Array
}

/** What a batch of entries changes in the folder. */
export interface Growth {
  /** Full tiles and bundles, and partial tiles above level 0. They change once in 256 entries. */
  readonly lasting: readonly Resource[]
  /** The partial tile of level 0 and the partial bundle: made anew from the record at every start. */
  readonly passing: readonly Resource[]
  /** Levels and indexes of tiles that are full now, bundles included as level `entries`. */
  readonly filled: readonly { readonly level: number | 'entries'; readonly index: number }[]
}

/**
 * The right edge of the tree in memory: at most 255 hashes a level and 255 entries. A pure function of the entries appended; knows no files.
 */
export class TreeEdge {
  readonly #frontier: Frontier
  /** Hashes of the partial tile of each level. */
  readonly #tiles: Uint8Array[][]
  #bundle: Uint8Array[]
  #lasting: Resource[] = []
  #filled: { level: number | 'entries'; index: number }[] = []
  readonly #changed = new Set<number>()

  private constructor(frontier: Frontier, tiles: Uint8Array[][], bundle: Uint8Array[]) {
    this.#frontier = frontier
    this.#tiles = tiles
    this.#bundle = bundle
  }

  static empty(): TreeEdge {
    return new TreeEdge(new Frontier(), [], [])
  }

  /**
   * The edge of a tree whose partial tiles above level 0 are at hand, at a multiple of 256: what follows is appended.
   *
   * @param partials by level; where the tree has no partial tile, none
   */
  static at(size: number, partials: ReadonlyMap<number, TileHashes>): TreeEdge {
    const node = (level: number, index: number) => {
      const height = level % TILE_HEIGHT
      const tile = partials.get((level - height) / TILE_HEIGHT)
      if (tile === undefined) throw new Error(`no partial tile for node ${level}/${index}`)
      return tile.hash(height, index % 2 ** (TILE_HEIGHT - height))
    }
    const tiles: Uint8Array[][] = []
    for (const { level, width } of partialTiles(size)) {
      const tile = partials.get(level)
      tiles[level] = Array.from({ length: width }, (_, i) => (tile as TileHashes).hash(0, i))
    }
    return new TreeEdge(Frontier.at(size, node), tiles, [])
  }

  get size(): number {
    return this.#frontier.size
  }

  root(): Uint8Array {
    return this.#frontier.root()
  }

  /** @throws {TransparencyError} `transparency/entry-too-large` */
  append(entry: Uint8Array): void {
    assertEntrySize(entry)
    const index = Math.floor(this.size / TILE_WIDTH)
    const leaf = leafHash(entry)
    this.#bundle.push(entry)
    this.#push(0, index, leaf)
    this.#frontier.append(leaf, (height, hash) => {
      if (height % TILE_HEIGHT !== 0) return
      const level = height / TILE_HEIGHT
      // The subtree just completed is the last one of its height.
      this.#push(level, Math.floor(index / TILE_WIDTH ** level), hash)
    })
    if (this.#bundle.length === TILE_WIDTH) {
      this.#lasting.push({ path: bundlePath({ index, width: TILE_WIDTH }), data: encodeEntries(this.#bundle) })
      this.#filled.push({ level: 'entries', index })
      this.#bundle = []
    }
  }

  #push(level: number, index: number, hash: Uint8Array): void {
    const tile = this.#tiles[level] ?? []
    tile.push(hash)
    this.#tiles[level] = tile
    this.#changed.add(level)
    if (tile.length < TILE_WIDTH) return
    this.#lasting.push({ path: tilePath({ level, index, width: TILE_WIDTH }), data: concatBytes(...tile) })
    this.#filled.push({ level, index })
    this.#tiles[level] = []
  }

  /** What must be written for the present size, beyond what was taken before. */
  take(): Growth {
    const partials = partialTiles(this.size)
      .filter(({ level }) => this.#changed.has(level))
      .map((tile) => ({
        level: tile.level,
        path: tilePath(tile),
        data: concatBytes(...(this.#tiles[tile.level] ?? [])),
      }))
    const bundle = { index: Math.floor(this.size / TILE_WIDTH), width: this.#bundle.length }
    const growth = {
      lasting: [...this.#lasting, ...partials.filter(({ level }) => level > 0)],
      passing: [
        ...partials.filter(({ level }) => level === 0),
        ...(bundle.width > 0 && this.#changed.has(0)
          ? [{ path: bundlePath(bundle), data: encodeEntries(this.#bundle) }]
          : []),
      ],
      filled: this.#filled,
    }
    this.#lasting = []
    this.#filled = []
    this.#changed.clear()
    return growth
  }

  /** A partial tile as it was when it was this wide, of level 0 with the partial bundle: each is the beginning of what it has become. */
  narrower(level: number, width: number): readonly Resource[] {
    const index = Math.floor(this.size / TILE_WIDTH ** (level + 1))
    const hashes = (this.#tiles[level] ?? []).slice(0, width)
    return [
      { path: tilePath({ level, index, width }), data: concatBytes(...hashes) },
      ...(level === 0
        ? [{ path: bundlePath({ index, width }), data: encodeEntries(this.#bundle.slice(0, width)) }]
        : []),
    ]
  }
}
