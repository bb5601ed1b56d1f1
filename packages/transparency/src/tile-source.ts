/** Where the resources of a log come from: a folder, an address, a copy in memory. Nothing it gives is believed before it was verified. */
export interface TileSource {
  /**
   * The bytes of a resource by its tlog-tiles path, e.g. `checkpoint`, `tile/0/x001/067`, `tile/entries/000.p/15`; undefined when there is none.
   *
   * @throws {TransparencyError} `transparency/unreachable`: it is not known whether there is one; try again later
   */
  read(path: string): Promise<Uint8Array | undefined>
}
