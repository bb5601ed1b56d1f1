import { decimal } from './bytes.ts'
import { TransparencyError } from './errors.ts'

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256

/** Levels of the binary tree within a tile. */
export const TILE_HEIGHT = 8

/** Which tile: its level (0 holds leaf hashes), its index in the level, and how many hashes it has (1 to 256). */
export interface TileId {
  readonly level: number
  readonly index: number
  readonly width: number
}

/** Which entry bundle: its index and how many entries it has (1 to 256). */
export interface BundleId {
  readonly index: number
  readonly width: number
}

/** Path of a tile below the log's prefix: `tile/<L>/<N>[.p/<W>]` (C2SP tlog-tiles, "Merkle Tree"). */
export function tilePath({ level, index, width }: TileId): string {
  return `tile/${level}/${indexPath(index)}${suffix(width)}`
}

/** Path of an entry bundle below the log's prefix: `tile/entries/<N>[.p/<W>]` (C2SP tlog-tiles, "Log entries"). */
export function bundlePath({ index, width }: BundleId): string {
  return `tile/entries/${indexPath(index)}${suffix(width)}`
}

/**
 * Reads a path that {@link tilePath} or {@link bundlePath} writes; a bundle has the level `entries`. Each resource has one path, every other is refused.
 *
 * @throws {TransparencyError} `transparency/malformed-path`
 */
export function parseTilePath(path: string): TileId | (BundleId & { readonly level: 'entries' }) {
  const [, levelText, indexText = '', widthText] =
    /^tile\/([^/]+)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([0-9]+))?$/.exec(path) ?? []
  const level = levelText === 'entries' ? 'entries' : decimal(levelText ?? '')
  const index = Number(indexText.replaceAll(/[x/]/g, ''))
  const width = widthText === undefined ? TILE_WIDTH : decimal(widthText)
  const valid =
    level !== undefined &&
    (level === 'entries' || level <= 63) &&
    Number.isSafeInteger(index) &&
    indexPath(index) === indexText &&
    width !== undefined &&
    width >= 1 &&
    (widthText === undefined || width < TILE_WIDTH)
  if (!valid)
    throw new TransparencyError('transparency/malformed-path', `${JSON.stringify(path)} is not the path of a tile`)
  return level === 'entries' ? { level, index, width } : { level, index, width }
}

/** How many hashes the tile has in a tree of this size: 256 if it is full, 0 if there is none. For bundles take level 0. */
export function widthAt(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level)
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH))
}

/** The partial tiles of a tree of this size, lowest level first. */
export function partialTiles(size: number): readonly TileId[] {
  const tiles: TileId[] = []
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const width = hashes % TILE_WIDTH
    if (width > 0) tiles.push({ level, index: Math.floor(hashes / TILE_WIDTH), width })
  }
  return tiles
}

/** Three digits a path element, all but the last with an `x`: 1234067 is `x001/x234/067`. */
function indexPath(index: number): string {
  const digits = String(index)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  return padded.replaceAll(/(\d{3})(?=\d)/g, 'x$1/')
}

function suffix(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${width}`
}
