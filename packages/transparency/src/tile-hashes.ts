import { equalBytes } from './bytes.ts'
import { HASH_SIZE, nodeHashIn } from './merkle.ts'
import { TILE_HEIGHT, TILE_WIDTH } from './tiles.ts'

/**
 * A tile with the complete subtrees inside it, hashed once: 16 KiB for a full one. Every node of the tree is then a look-up.
 */
export class TileHashes {
  readonly width: number
  /** Row h has the roots of subtrees of 2^h of the tile's hashes. */
  readonly #rows: readonly Uint8Array[]

  /**
   * @param tile the tile's bytes, a whole number of hashes
   * @param earlier the same tile when it was narrower: what still agrees is not hashed again
   */
  constructor(tile: Uint8Array, earlier?: TileHashes) {
    this.width = tile.length / HASH_SIZE
    const known = earlier !== undefined && earlier.width <= this.width && agrees(earlier, tile) ? earlier : undefined
    const rows = [new Uint8Array(tile)]
    for (let height = 1; height <= TILE_HEIGHT; height++) {
      const below = rows[height - 1] as Uint8Array
      const count = Math.floor(this.width / 2 ** height)
      const row = new Uint8Array(count * HASH_SIZE)
      const from = known === undefined ? 0 : Math.floor(known.width / 2 ** height)
      if (known !== undefined) row.set((known.#rows[height] as Uint8Array).subarray(0, from * HASH_SIZE))
      for (let i = from; i < count; i++) row.set(nodeHashIn(below, 2 * i), i * HASH_SIZE)
      rows.push(row)
    }
    this.#rows = rows
  }

  /** The tile's bytes. */
  get bytes(): Uint8Array {
    return this.#rows[0] as Uint8Array
  }

  /** Root of the subtree of 2^height of the tile's hashes, height 0 to 8. The bytes are the tile's own: copy what leaves the house. */
  hash(height: number, index: number): Uint8Array {
    const row = this.#rows[height]
    if (row === undefined || (index + 1) * HASH_SIZE > row.length)
      throw new Error(`a tile of width ${this.width} has no subtree ${index} of height ${height}`)
    return at(row, index)
  }

  /** Root of the whole tile; only a full one has it. */
  root(): Uint8Array {
    if (this.width !== TILE_WIDTH) throw new Error('a partial tile has no root')
    return this.hash(TILE_HEIGHT, 0)
  }
}

function at(row: Uint8Array, index: number): Uint8Array {
  return row.subarray(index * HASH_SIZE, (index + 1) * HASH_SIZE)
}

function agrees(earlier: TileHashes, tile: Uint8Array): boolean {
  return equalBytes(earlier.bytes, tile.subarray(0, earlier.bytes.length))
}
