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

/** Does `work` for every item, so many at a time as {@link jobs} says; results in the order of the items. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as Item);
  };
  await Promise.all(Array.from({ length: Math.min(jobs(), items.length) }, worker));
  return results;
}
