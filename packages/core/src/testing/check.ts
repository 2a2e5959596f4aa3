/** What the conformance suites share: the form of a check, statements that throw, walks over graphs, numbers to feed. */
import type { DeviceTensor, Executable, ParameterSource, PlainTensor, Runtime } from "../contracts/index.js";
import { FoleyError } from "../errors.js";
import type { Graph, GraphValue } from "../graph-value.js";
import { normalArray } from "../random.js";
import { elementCount, type Shape } from "../tensor.js";

/** A value or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/** One statement of a contract. */
export interface ConformanceCheck {
  /** What must hold, as a sentence. */
  readonly name: string;
  /** Whether `run` needs a runtime. */
  readonly needsRuntime: boolean;
  /** Resolves when it holds; otherwise rejects with an error that says what was found. */
  run(runtime?: Runtime): Promise<void>;
}

/** A check that needs no runtime. */
export function plainCheck(name: string, run: () => MaybePromise<void>): ConformanceCheck {
  return { name, needsRuntime: false, run: async () => run() };
}

/** A check on a runtime. */
export function runtimeCheck(name: string, run: (runtime: Runtime) => MaybePromise<void>): ConformanceCheck {
  return {
    name,
    needsRuntime: true,
    run: async (runtime) => {
      if (runtime === undefined) {
        throw new FoleyError("invalid-argument", `The check "${name}" needs a runtime.`, { hint: "Call run(runtime)." });
      }
      await run(runtime);
    },
  };
}

/** Throws an Error with `message` unless `condition` holds. */
export function must(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Throws unless `value` is a finite number above 0, a whole one where asked. */
export function mustBePositive(name: string, value: number, whole = false): void {
  must(
    Number.isFinite(value) && value > 0 && (!whole || Number.isInteger(value)),
    `${name} is ${value}, not a ${whole ? "whole " : ""}number above 0.`,
  );
}

/** Throws unless specification version, kind and id are as the contract says. */
export function mustIdentify(
  part: { readonly specificationVersion: string; readonly kind: string; readonly id?: string },
  kind: string,
): void {
  must(part.specificationVersion === "v1", `specificationVersion is ${part.specificationVersion}, not "v1".`);
  must(part.kind === kind, `kind is ${part.kind}, not "${kind}".`);
  must(kind === "bridge" || kind === "runtime" || (typeof part.id === "string" && part.id.length > 0), "id is empty.");
}

/** Throws unless the value exists with this dtype and shape. */
export function mustHaveShape(
  name: string,
  value: { readonly dtype: string; readonly shape: Shape } | undefined,
  dtype: string,
  shape: Shape,
): void {
  must(value !== undefined, `There is no ${name}.`);
  must(
    value.dtype === dtype && value.shape.length === shape.length && shape.every((size, axis) => size === value.shape[axis]),
    `${name} is ${value.dtype} [${value.shape.join(", ")}], not ${dtype} [${shape.join(", ")}].`,
  );
}

/** Throws unless the graph declares exactly these inputs and at least these outputs. */
export function mustHaveSignature(
  graph: Graph,
  inputs: Readonly<Record<string, readonly [dtype: string, shape: Shape]>>,
  outputs: Readonly<Record<string, Shape>>,
): void {
  const declared = graph.inputs.map((value) => value.name ?? "");
  must(
    [...declared].sort().join() === Object.keys(inputs).sort().join(),
    `The inputs are ${declared.join(", ")}, not ${Object.keys(inputs).join(", ")}.`,
  );
  for (const [name, [dtype, shape]] of Object.entries(inputs)) {
    mustHaveShape(
      `input ${name}`,
      graph.inputs.find((value) => value.name === name),
      dtype,
      shape,
    );
  }
  for (const [name, shape] of Object.entries(outputs)) mustHaveShape(`output ${name}`, graph.outputs[name], "float32", shape);
}

/** Every value that the outputs are made from. */
export function reachable(graph: Graph): ReadonlySet<GraphValue> {
  const seen = new Set<GraphValue>();
  const open = Object.values(graph.outputs);
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (value.node !== undefined) open.push(...value.node.inputs);
  }
  return seen;
}

/** Parameters of a graph by name. */
export function parametersOf(graph: Graph): ReadonlyMap<string, GraphValue> {
  const found = new Map<string, GraphValue>();
  for (const value of reachable(graph)) {
    if (value.kind === "parameter") found.set(value.name ?? "", value);
  }
  return found;
}

/** Throws unless the weights hold every parameter of the graph in its shape. */
export function mustHoldParameters(weights: ParameterSource, graph: Graph): void {
  const parameters = parametersOf(graph);
  for (const [name, { shape }] of parameters) {
    const stored = weights.get(name);
    must(stored !== undefined, `The graph "${graph.name}" reads the parameter "${name}", which the weights lack.`);
    must(
      stored.shape.join() === shape.join(),
      `The parameter "${name}" is [${stored.shape.join(", ")}] in the weights and [${shape.join(", ")}] in the graph "${graph.name}".`,
    );
  }
}

/** Standard normal numbers in a shape; the same for the same name. */
export function normalTensor(name: string, shape: Shape): PlainTensor<"float32"> {
  return { dtype: "float32", shape, data: normalArray(1, ["conformance", name], elementCount(shape)) };
}

/** A float32 tensor of one value. */
export function filledTensor(value: number, shape: Shape): PlainTensor<"float32"> {
  return { dtype: "float32", shape, data: new Float32Array(elementCount(shape)).fill(value) };
}

/** One entry of a batch, as a batch of one. */
export function entryOf(tensor: PlainTensor, index: number): PlainTensor<"float32"> {
  const size = elementCount(tensor.shape.slice(1));
  const data = (tensor.data as Float32Array).slice(index * size, (index + 1) * size);
  return { dtype: "float32", shape: [1, ...tensor.shape.slice(1)], data };
}

/** Loads a graph, uses it, disposes of it. */
export async function withExecutable<T>(
  runtime: Runtime,
  graph: Graph,
  weights: ParameterSource | undefined,
  use: (executable: Executable) => Promise<T>,
): Promise<T> {
  const executable = await runtime.load(graph, weights);
  try {
    return await use(executable);
  } finally {
    await executable.dispose();
  }
}

/** Loads a graph, runs it once, disposes of it; the output must have the declared shape and finite numbers. */
export async function runOnce(
  runtime: Runtime,
  graph: Graph,
  weights: ParameterSource | undefined,
  inputs: Readonly<Record<string, PlainTensor | DeviceTensor>>,
): Promise<Record<string, PlainTensor>> {
  const outputs = await withExecutable(runtime, graph, weights, (executable) => executable.run(inputs));
  for (const [name, declared] of Object.entries(graph.outputs)) {
    mustHaveShape(`output ${name}`, outputs[name], declared.dtype, declared.shape);
    mustBeFinite(`output ${name}`, outputs[name] as PlainTensor);
  }
  return outputs;
}

/** Throws when a number is NaN or infinite. */
export function mustBeFinite(name: string, { data }: PlainTensor): void {
  for (let i = 0; i < data.length; i++) must(Number.isFinite(Number(data[i])), `${name} has ${String(data[i])} at ${i}.`);
}

/** Largest difference, relative to the largest magnitude of `expected`. */
export function relativeDifference(actual: PlainTensor, expected: PlainTensor): number {
  must(actual.data.length === expected.data.length, `${actual.data.length} numbers against ${expected.data.length}.`);
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.data.length; i++) {
    difference = Math.max(difference, Math.abs(Number(actual.data[i]) - Number(expected.data[i])));
    size = Math.max(size, Math.abs(Number(expected.data[i])));
  }
  return difference === 0 ? 0 : difference / Math.max(size, 1e-30);
}

/** Throws unless all numbers are equal (bits; +0 and −0 count as equal). */
export function mustBeEqual(name: string, actual: PlainTensor, expected: PlainTensor): void {
  must(actual.data.length === expected.data.length, `${name}: ${actual.data.length} numbers against ${expected.data.length}.`);
  for (let i = 0; i < expected.data.length; i++) {
    must(actual.data[i] === expected.data[i], `${name}: ${String(actual.data[i])} against ${String(expected.data[i])} at ${i}.`);
  }
}
