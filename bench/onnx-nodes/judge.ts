/** What becomes of one test: read, computed by the reference interpreter and by ONNX Runtime, and compared with what is right. */
import { FoleyError, float16ToFloat32, type PlainTensor, parameterTensor, type Runtime } from "@foley-control/core";
import { evaluate, graphFromOnnx, type ImportedGraph } from "@foley-control/graph";
import { type NodeCase, type Numbers, withFixed } from "./case.js";

/** `no-kernel`: right by the reference, and ONNX Runtime has no kernel for an element type. */
export type Verdict = "right" | "refused" | "wrong" | "raw-error" | "no-kernel";

/** A verdict, and why. */
export interface Judged {
  readonly name: string;
  readonly verdict: Verdict;
  readonly why: string;
}

const floats = (dtype: string, data: ArrayLike<number | bigint>): readonly number[] =>
  Array.from(dtype === "float16" ? float16ToFloat32(data as unknown as Uint16Array) : (data as ArrayLike<number>), Number);

function difference(
  right: Numbers,
  found: { readonly shape: readonly number[]; readonly numbers: readonly number[] } | undefined,
  [relative, absolute]: readonly [number, number],
  inFloat64 = false,
): string | undefined {
  if (!found || found.shape.join() !== right.shape.join()) return `${right.name} is [${found?.shape}], not [${right.shape}]`;
  const wanted = floats(right.dtype, right.data as ArrayLike<number>);
  // Two units in the last place of float16; and what is nearly half a step is rounded the other way in float64.
  const near = right.dtype === "float16" ? Math.max(relative, 2 ** -9) : relative;
  // What is nothing beside the largest is how the sums were rounded that the tests were made with.
  const rounding = right.dtype === "float32" ? 2 ** -22 * Math.max(0, ...wanted.map(Math.abs).filter(Number.isFinite)) : 0;
  const far = inFloat64 && (right.dtype === "uint8" || right.dtype === "int8") ? 1 : Math.max(absolute, rounding);
  const at = wanted.findIndex((value, i) => {
    const got = found.numbers[i] as number;
    return !(Object.is(value, got) || value === got || Math.abs(value - got) <= far + near * Math.abs(value));
  });
  return at < 0 ? undefined : `${right.name}[${at}] is ${found.numbers[at]}, not ${wanted[at]}`;
}

const first = (text: string) => (text.split("\n")[0] ?? "").slice(0, 240);
const said = (error: unknown) => first(error instanceof Error ? error.message : String(error));

/** Reads the model; inputs that must be known are fixed, the first one last. */
function read(one: NodeCase): { readonly imported: ImportedGraph; readonly fixed: ReadonlySet<string> } {
  const shapes = Object.fromEntries(one.inputs.map(({ name, shape }) => [name, shape]));
  const names = one.inputs.map(({ name }) => name);
  let problem: unknown;
  for (const fixed of [[], names.slice(1), names]) {
    try {
      const set = new Set(fixed);
      return { imported: graphFromOnnx(set.size > 0 ? withFixed(one, set) : one.bytes, { shapes }), fixed: set };
    } catch (error) {
      problem = error;
      if (!FoleyError.isInstance(error) || !/must be known|depends on the graph/.test(error.message)) break;
    }
  }
  throw problem;
}

/** Inputs that have to be fixed for a test to be read. */
export const fixedOf = (one: NodeCase): ReadonlySet<string> => read(one).fixed;

/** Judges one test. */
export async function judge(one: NodeCase, runtime: Runtime): Promise<Judged> {
  const verdict = (kind: Verdict, why = ""): Judged => ({ name: one.name, verdict: kind, why });
  let imported: ImportedGraph;
  let fixed: ReadonlySet<string>;
  try {
    ({ imported, fixed } = read(one));
  } catch (error) {
    return verdict(FoleyError.isInstance(error) ? "refused" : "raw-error", said(error));
  }
  const { graph, weights } = imported;
  const inputs = one.inputs.filter(({ name }) => !fixed.has(name));
  try {
    const parameters = weights.names().map((name) => {
      const { dtype, data } = parameterTensor(name, weights.get(name) as NonNullable<ReturnType<typeof weights.get>>);
      return [name, floats(dtype, data as ArrayLike<number>)] as const;
    });
    const results = evaluate(graph, {
      ...Object.fromEntries(parameters),
      ...Object.fromEntries(inputs.map(({ name, dtype, data }) => [name, floats(dtype, data as ArrayLike<number>)])),
    });
    for (const right of one.outputs) {
      const { dtype } = graph.outputs[right.name] ?? {};
      if (dtype !== right.dtype) return verdict("wrong", `${right.name} is of ${dtype}, not ${right.dtype}`);
      const result = results[right.name];
      const wrong = difference(right, result && { shape: result.shape, numbers: [...result.data] }, one.tolerance, true);
      if (wrong) return verdict("wrong", `by the reference: ${wrong}`);
    }
  } catch (error) {
    return verdict("raw-error", `in the reference: ${said(error)}`);
  }
  try {
    const executable = await runtime.load(graph, weights);
    const results = await executable.run(
      Object.fromEntries(inputs.map(({ name, dtype, shape, data }) => [name, { dtype, shape, data } as PlainTensor])),
    );
    await executable.dispose();
    for (const right of one.outputs) {
      const result = results[right.name];
      const numbers = result && floats(result.dtype, result.data as ArrayLike<number>);
      const wrong = difference(right, result && numbers && { shape: result.shape, numbers }, one.tolerance);
      if (wrong) return verdict("wrong", `by the runtime: ${wrong}`);
    }
  } catch (error) {
    const why = said(error);
    return verdict(/NOT_IMPLEMENTED|not implemented|Type Error|kernel/i.test(why) ? "no-kernel" : "raw-error", why);
  }
  return verdict("right");
}
