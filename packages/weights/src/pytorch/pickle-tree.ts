/** What a pickle may describe: a tree that can be walked by recursion, and written out in a life's time. */
import { bad } from "../bytes.js";
import { type CheckpointValue, insideOf } from "./values.js";

/** How deep values may be nested, and how many there may be when shared ones are counted each time: safe to walk by recursion. */
const maximumDepth = 100;
const maximumValues = 10_000_000;

/** How deep a value goes and how many values it is when written out. */
interface Extent {
  depth: number;
  count: number;
}

/**
 * Refuses what cannot be walked: a value inside itself, deep nesting, and few values that refer to each other so often that they are
 * billions when written out. Each value is looked at once.
 */
export function checkTree(root: CheckpointValue, label: string): void {
  const known = new Map<CheckpointValue, Extent | "open">();
  const path: (Extent & { readonly value: CheckpointValue; readonly inside: Iterator<CheckpointValue> })[] = [];
  const fail = (what: string) => bad(`${label}: the pickle ${what}.`, "Do not use the file.");
  const add = ({ depth, count }: Extent): void => {
    const parent = path.at(-1);
    if (parent === undefined) return;
    parent.depth = Math.max(parent.depth, depth + 1);
    parent.count += count;
    if (path.length - 1 + parent.depth > maximumDepth) throw fail(`is nested more than ${maximumDepth} deep`);
    if (parent.count > maximumValues) throw fail(`repeats itself into more than ${maximumValues} values`);
  };
  const visit = (value: CheckpointValue): void => {
    const extent = typeof value === "object" && value !== null ? known.get(value) : { depth: 1, count: 1 };
    if (extent === "open") throw fail("holds a value that contains itself");
    if (extent !== undefined) {
      add(extent);
      return;
    }
    if (path.length >= maximumDepth) throw fail(`is nested more than ${maximumDepth} deep`);
    known.set(value, "open");
    path.push({ value, inside: insideOf(value), depth: 1, count: 1 });
  };
  visit(root);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const next = top.inside.next();
    if (next.done !== true) {
      visit(next.value);
      continue;
    }
    path.pop();
    const extent = { depth: top.depth, count: top.count };
    known.set(top.value, extent);
    add(extent);
  }
}
