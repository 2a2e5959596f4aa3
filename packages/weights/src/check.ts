/** Whether weights are the ones that a network needs. */
import {
  type DType,
  FoleyError,
  float16ToFloat32,
  type ParameterSource,
  type PlainTensor,
  type Shape,
  sameShape,
} from "@foley-control/core";

/** One parameter that a network needs. */
export interface ExpectedParameter {
  /** Name. */
  readonly name: string;
  /** Sizes per axis. */
  readonly shape: Shape;
  /** Element types that will do; any when left out. */
  readonly dtypes?: readonly DType[];
}

/** Options of {@link checkParameters}. */
export interface CheckParametersOptions {
  /** What to call the weights in errors. */
  readonly label?: string;
  /** Names beyond the expected ones that may be there, or `"all"`. Default: none. */
  readonly ignore?: readonly string[] | "all";
}

/**
 * Refuses weights that are not exactly the expected ones.
 *
 * @param source - the weights
 * @param expected - what the network needs
 * @param options - label, names to ignore
 * @throws FoleyError `bad-weights` naming what is missing, unknown, or of another shape or type, up to five of each
 * @example
 * ```ts
 * checkParameters(encoder, [{ name: "norm.weight", shape: [1024] }], { ignore: ["pos_embed"] });
 * ```
 */
export function checkParameters(
  source: ParameterSource,
  expected: Iterable<ExpectedParameter>,
  { label = "The weights", ignore = [] }: CheckParametersOptions = {},
): void {
  const missing: string[] = [];
  const different: string[] = [];
  const known = new Set<string>(ignore === "all" ? [] : ignore);
  for (const { name, shape, dtypes } of expected) {
    known.add(name);
    const found = source.get(name);
    if (found === undefined) missing.push(JSON.stringify(name));
    else if (!sameShape(found.shape, shape)) {
      different.push(`${JSON.stringify(name)} is [${found.shape.join(", ")}], expected [${shape.join(", ")}]`);
    } else if (dtypes !== undefined && !dtypes.includes(found.dtype)) {
      different.push(`${JSON.stringify(name)} is ${found.dtype}, expected ${dtypes.join(" or ")}`);
    }
  }
  const unknown = ignore === "all" ? [] : source.names().flatMap((name) => (known.has(name) ? [] : [JSON.stringify(name)]));
  const problems = [...some("missing", missing), ...some("different", different), ...some("unknown", unknown)];
  if (problems.length === 0) return;
  throw new FoleyError("bad-weights", `${label}: ${problems.join("; ")}.`, {
    hint: "Check that they belong to this model, and which prefix their names have.",
  });
}

function some(what: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const separator = what === "different" ? "; " : ", ";
  return [`${names.length} ${what} (${names.slice(0, 5).join(separator)}${names.length > 5 ? `${separator}…` : ""})`];
}

/**
 * Refuses NaN, which one broken tensor would spread into everything. Infinity passes: masks are made of it.
 *
 * @param name - what to call the tensor in errors
 * @param tensor - the tensor; whole numbers pass
 * @throws FoleyError `bad-weights` naming the tensor and the place
 */
export function assertNoNaN(name: string, tensor: PlainTensor): void {
  const { dtype, shape, data } = tensor;
  const numbers = dtype === "float16" ? float16ToFloat32(data as Uint16Array) : dtype === "float32" ? (data as Float32Array) : [];
  const at = numbers.findIndex((value) => Number.isNaN(value));
  if (at < 0) return;
  throw new FoleyError(
    "bad-weights",
    `The parameter ${JSON.stringify(name)} of shape [${shape.join(", ")}] holds NaN at element ${at}.`,
    { hint: "Download it again, or train it again from an earlier checkpoint." },
  );
}
