/** JSON made wrong where it means something: a value replaced, removed, doubled or moved, or the text itself damaged. */
import type { Random } from "@foley-control/core";
import { mutated } from "./mutate.js";

/** What no reader expects in place of a value. */
const hostile: readonly ((random: Random) => unknown)[] = [
  () => null,
  () => 0,
  () => -1,
  () => 0.5,
  () => 1e308,
  (random) => 2 ** random.integer(3, 63),
  (random) => random.integer(-4, 4000),
  () => true,
  () => "",
  () => "7",
  () => "__proto__",
  () => [],
  () => ({}),
  () => [[[[[[]]]]]],
  () => new Array<number>(50_000).fill(0),
  () => new Array<string>(20_000).fill("x"),
  () => "x".repeat(100_000),
  () => Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key ${i}`, i])),
  (random) => Array.from({ length: random.integer(1, 5) }, () => random.integer(-2, 70)),
];

/** A copy with one to three values changed. */
export function changedJson(random: Random, value: unknown): unknown {
  const copy = { root: structuredClone(value) } as Record<string, unknown>;
  for (let change = random.integer(1, 4); change > 0; change--) {
    const { holder, key } = somewhere(random, copy);
    const kind = random.uniform();
    if (kind < 0.15 && !Array.isArray(holder)) delete holder[key];
    else if (kind < 0.25) holder[key] = somewhereIn(random, copy);
    else if (kind < 0.3 && !Array.isArray(holder)) holder[`${key} `] = holder[key];
    else holder[key] = random.pick(hostile)(random);
  }
  return copy["root"];
}

/** The text of changed JSON, sometimes damaged as text, sometimes nested or long without end. */
export function changedJsonText(random: Random, value: unknown): string {
  if (random.chance(0.02)) return random.pick(["[", '{"a":', "[{}", '"']).repeat(random.integer(1, 200_000));
  const text = JSON.stringify(random.chance(0.2) ? value : changedJson(random, value)) ?? "";
  if (random.chance(0.8)) return text;
  const bytes = new TextEncoder().encode(text.slice(0, 1 << 20));
  return new TextDecoder().decode(mutated(random, bytes, { others: [bytes] }));
}

type Holder = Record<string, unknown>;

/** A place in a value, near the top more often than deep in a list. */
function somewhere(random: Random, root: Holder): { readonly holder: Holder; readonly key: string } {
  let [holder, key] = [root, "root"];
  while (true) {
    const inside = holder[key];
    if (typeof inside !== "object" || inside === null || random.chance(0.2)) return { holder, key };
    const keys = Object.keys(inside);
    if (keys.length === 0) return { holder, key };
    [holder, key] = [inside as Holder, random.pick(keys)];
  }
}

function somewhereIn(random: Random, root: Holder): unknown {
  const { holder, key } = somewhere(random, root);
  // A value inside itself is no JSON.
  return structuredClone(holder[key]);
}
