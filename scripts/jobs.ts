/** How much is done at the same time: tests, builds, checks. */
import { availableParallelism } from "node:os";

/** Processes at a time: one per core, or what `FOLEY_JOBS` says. */
export function jobs(): number {
  const asked = process.env["FOLEY_JOBS"];
  if (asked === undefined || asked === "") return availableParallelism();
  const count = Number(asked);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`FOLEY_JOBS is "${asked}"; it is how many processes may run at a time, a whole number above 0.`);
}

/** Processes at a time where many of them wait for another, a timer or a disk: one more, so that no core has nothing to do meanwhile. One stays one. */
export function jobsThatWait(): number {
  return jobs() === 1 ? 1 : jobs() + 1;
}

/** Cores that each of them has for itself: what computes in several threads takes no more. `share-of-cores.mjs` has it believed. */
export function coresEach(): number {
  return Math.max(1, Math.floor(availableParallelism() / jobs()));
}

/** Does `work` for every item, so many at a time as {@link jobs} says unless told otherwise; results in the order of the items. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  most: number = jobs(),
): Promise<readonly Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as Item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}
