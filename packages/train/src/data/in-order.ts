/** Work on several items at a time, results in the order of the items: the output does not depend on which of them is fast. */

/**
 * Runs `work` on up to `width` items at once and yields the results in order. When the consumer stops, or one fails, the others are waited
 * for before the error goes on, so that nothing works on unseen.
 *
 * @param width - items at once, at least 1
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  width: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const running: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      // Seen when its turn comes; until then a failure is not "unhandled".
      result.catch(() => undefined);
      running.push(result);
      if (running.length >= width) yield await (running.shift() as Promise<Result>);
    }
    while (running.length > 0) yield await (running.shift() as Promise<Result>);
  } finally {
    await Promise.allSettled(running);
  }
}
