/** Which generated sound belongs to which true one: by name, and nothing is dropped without being named. */
import { assertKind, FoleyError } from "@foley-control/core";

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

/** What `foley` puts behind the name of a clip where nobody names the output: `clip.foley.mp4`, and `clip.foley-2.mp4` for a second take. */
const OWN_ENDING = /\.foley(?:-\d+)?$/;

/**
 * Pairs by name. A name is one name however its accents are written (Unicode's NFC and NFD), and `clip.foley` is what was made for `clip`.
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
  for (const [what, names] of Object.entries({ reference, generated })) {
    assertKind(what, names, "list", "Pass a list of names, without their endings.");
    for (const [i, name] of names.entries()) assertKind(`${what}[${i}]`, name, "text", "Pass names, without their endings.");
  }
  assertKind("clean", clean, "function", "Pass (name) => name, or leave it out.");
  // As it was given, by what it is compared as.
  const wanted = new Map<string, string>();
  for (const name of reference) {
    const key = name.normalize("NFC");
    if (wanted.has(key))
      throw new FoleyError("invalid-argument", `The true sounds have the name "${name}" more than once.`, {
        hint: "Keep one file of each name, whatever its ending.",
      });
    wanted.set(key, name);
  }
  const found = new Map<string, string>();
  for (const name of generated) {
    const plain = name.normalize("NFC");
    // A name that is there as it is needs no cleaning, which goes by length and can hit the wrong names.
    const known = [plain, plain.replace(OWN_ENDING, ""), clean(plain)].find((one) => wanted.has(one));
    const key = known === undefined ? clean(plain) : (wanted.get(known) as string);
    const other = found.get(key);
    if (other !== undefined)
      throw new FoleyError("invalid-argument", `The generated sounds "${other}" and "${name}" are both of the clip "${key}".`, {
        hint: "Evaluate one sound per clip; put further ones into another folder.",
      });
    found.set(key, name);
  }
  const names = [...found.keys()].sort();
  const given = new Set(reference);
  return {
    pairs: names
      .filter((name) => given.has(name))
      .map((name) => ({ name, reference: name, generated: found.get(name) as string })),
    onlyReference: reference.filter((name) => !found.has(name)).sort(),
    onlyGenerated: names.filter((name) => !given.has(name)).map((name) => found.get(name) as string),
  };
}
