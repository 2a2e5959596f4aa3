/**
 * A careless caller, for tests of functions that anyone may call from JavaScript: one argument is of the wrong kind, or two changed places. What
 * the function throws then must be a FoleyError with a sentence on what to do, short whatever was given; it must never be an accident inside.
 */
import { FoleyError } from "./errors.js";
import { shown } from "./shown.js";

/** What is given in the place of an argument. */
const WRONG: readonly unknown[] = [
  null,
  Number.NaN,
  -1,
  480,
  "clip.mp4",
  ["a", "list"],
  {},
  new Float32Array(3),
  new Uint8Array(3),
  () => 1,
  Promise.resolve("later"),
];

/** Longest message; a caller's array never stands in it. */
const LONGEST = 420;

/**
 * Calls with one argument wrong, or two exchanged.
 *
 * @param args - of a call that works
 * @returns what was wrong with what the function said: empty means that it is fit for careless callers
 */
export async function carelessCalls(
  name: string,
  call: (...args: never[]) => unknown,
  args: readonly unknown[],
): Promise<readonly string[]> {
  await call(...(args as never[]));
  const calls = args.flatMap((_, i) => [
    ...WRONG.map((wrong) => args.with(i, wrong)),
    ...args.slice(i + 1).map((other, k) => args.with(i, other).with(i + 1 + k, args[i])),
  ]);
  const failures: string[] = [];
  for (const given of calls) {
    const at = `${name}(${given.map(shown).join(", ")})`;
    try {
      await call(...(given as never[]));
    } catch (error) {
      if (!FoleyError.isInstance(error)) failures.push(`${at} threw ${String(error).slice(0, 200)}`);
      else if (error.hint === undefined) failures.push(`${at} does not say what to do: ${error.message.slice(0, 200)}`);
      else if (error.message.length > LONGEST) failures.push(`${at} says ${error.message.length} characters`);
    }
  }
  return failures;
}
