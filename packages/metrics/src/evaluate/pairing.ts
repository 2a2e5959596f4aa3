/** Which generated sound belongs to which true one: by name, and nothing is dropped without being named. */
import { FoleyError } from "@foley-control/core";

/** One clip that is on both sides. */
export interface NamePair {
  /** The common name. */
  readonly name: string;
  /** Its name among the true sounds. */
  readonly reference: string;
  /** Its name among the generated ones. */
  readonly generated: string;
}

/** Every name once: in a pair, or alone. All lists in order of name. */
export interface Pairing {
  /** Clips that are on both sides. */
  readonly pairs: readonly NamePair[];
  /** True sounds that nothing was generated for. */
  readonly onlyReference: readonly string[];
  /** Generated sounds without a true one. */
  readonly onlyGenerated: readonly string[];
}

/**
 * Pairs by name.
 *
 * @param reference - Names of the true sounds, without endings.
 * @param generated - Names of the generated ones.
 * @param clean - What becomes of a generated name before it is looked up, such as `cleanSampleName`. Default: nothing.
 * @throws FoleyError `invalid-argument` when a name is there twice, or two generated names become the same.
 */
export function pairNames(
  reference: readonly string[],
  generated: readonly string[],
  clean: (name: string) => string = (name) => name,
): Pairing {
  const wanted = new Set(reference);
  if (wanted.size !== reference.length)
    throw new FoleyError("invalid-argument", `The true sounds have the name "${twice(reference)}" more than once.`, {
      hint: "Keep one file of each name, whatever its ending.",
    });
  const found = new Map<string, string>();
  for (const name of generated) {
    // A name that is there as it is needs no cleaning, which goes by length and can hit the wrong names.
    const key = wanted.has(name) ? name : clean(name);
    const other = found.get(key);
    if (other !== undefined)
      throw new FoleyError("invalid-argument", `The generated sounds "${other}" and "${name}" are both of the clip "${key}".`, {
        hint: "Evaluate one sound per clip; put further ones into another folder.",
      });
    found.set(key, name);
  }
  const names = [...found.keys()].sort();
  return {
    pairs: names
      .filter((name) => wanted.has(name))
      .map((name) => ({ name, reference: name, generated: found.get(name) as string })),
    onlyReference: reference.filter((name) => !found.has(name)).sort(),
    onlyGenerated: names.filter((name) => !wanted.has(name)).map((name) => found.get(name) as string),
  };
}

function twice(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.has(name) || !seen.add(name));
}
