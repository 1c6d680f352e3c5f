/**
 * What `start` gives of each item, in order; the next one is under way while one is looked at. What was started is waited for also when
 * the loop ends early. Throws what `start` rejects with.
 */
export async function* startedAhead<Item, Result>(
  items: Iterable<Item>,
  start: (item: Item) => Promise<Result>,
): AsyncGenerator<readonly [Item, Result], void, undefined> {
  let ahead: readonly [Item, Promise<Result>] | undefined;
  try {
    for (const item of items) {
      const before = ahead;
      ahead = [item, start(item)];
      // It may fail while the one before is looked at: it is thrown when its turn comes.
      ahead[1].catch(() => undefined);
      if (before !== undefined) yield [before[0], await before[1]];
    }
    if (ahead !== undefined) yield [ahead[0], await ahead[1]];
  } finally {
    await Promise.allSettled(ahead === undefined ? [] : [ahead[1]]);
  }
}
