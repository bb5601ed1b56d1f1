/**
 * Does something to each item, several at once, and gives the results in the order of the items. In memory is only what is under way.
 *
 * @param most how many are under way at once
 */
export async function* concurrently<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  most: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = []
  try {
    for await (const item of items) {
      underWay.push(work(item))
      if (underWay.length < most) continue
      yield await (underWay.shift() as Promise<R>)
    }
    while (underWay.length > 0) yield await (underWay.shift() as Promise<R>)
  } finally {
    // Whoever stops early leaves nothing behind that could fail unseen.
    await Promise.allSettled(underWay)
  }
}
