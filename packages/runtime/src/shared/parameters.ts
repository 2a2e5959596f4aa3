/**
 * Joins the parameters of a graph with where their bytes lie. A parameter stored as float16 that the graph declares as float32 is widened
 * when it is loaded (exactly), because the CPU computes in float32 only; the other way round it is rounded. What is to be quantised
 * is quantised where it is read, one parameter after the other, so that float32 and int8 are never there together as a whole.
 */
import {
  BYTES_PER_ELEMENT,
  bytesOf,
  type DType,
  elementCount,
  FoleyError,
  type Graph,
  type GraphValue,
  type ParameterSource,
  parameterTensor,
  type StoredParameter,
  sameShape,
} from "@foley-control/core";
import { type ExternalLocation, parametersOf } from "@foley-control/graph";
import type { DeclaredInput } from "./inputs.js";
import type { Conversion, WireParameter } from "./protocol.js";

/** Where a stretch of a file that ends at `end` is read in place; `undefined` when it has to be read. */
export type InPlace = (path: string, end: number) => string | undefined;

/** The parameters of one graph, ready to be sent. */
export interface BoundParameters {
  /** Bytes of all parameters, as the graph declares them. */
  readonly weightBytes: number;
  /** For `toOnnx`. */
  readonly external: (name: string, value: GraphValue) => ExternalLocation | undefined;
  readonly parameters: readonly WireParameter[];
  /** Buffers of `parameters` that may be transferred. */
  readonly transfer: readonly ArrayBuffer[];
  /** What a run must be given: the graph's inputs, and its parameters where no weights were given. */
  readonly inputs: ReadonlyMap<string, DeclaredInput>;
}

/**
 * @param graph - the graph
 * @param weights - where its parameters are; without it they become inputs of every run
 * @param copy - whether bytes in memory are copied, to be transferred to a worker
 * @param inPlace - absent where ONNX Runtime cannot read files itself
 * @throws FoleyError `bad-weights` naming what is missing or does not fit
 */
export function bindParameters(
  graph: Graph,
  weights: ParameterSource | undefined,
  copy: boolean,
  inPlace?: InPlace,
): BoundParameters {
  const wanted = parametersOf(graph);
  const inputs = new Map<string, DeclaredInput>(graph.inputs.map((value) => [value.name ?? "input", value]));
  if (weights === undefined) {
    for (const [name, value] of wanted) inputs.set(name, value);
    return { weightBytes: 0, external: () => undefined, parameters: [], transfer: [], inputs };
  }
  const missing = [...wanted.keys()].filter((name) => weights.get(name) === undefined);
  if (missing.length > 0) {
    const some = missing.slice(0, 5).map((name) => JSON.stringify(name));
    const what = `The weights lack ${missing.length} of the ${wanted.size} parameters of "${graph.name}"`;
    throw new FoleyError("bad-weights", `${what}: ${some.join(", ")}${missing.length > 5 ? ", …" : ""}.`, {
      hint: "Check that the file belongs to this model.",
    });
  }
  // ONNX Runtime takes all of a graph's weights from files or all from memory, so one that has to be read brings the others along.
  const places = inPlace && placesOf(wanted, weights, inPlace);
  const locations = new Map<string, ExternalLocation>();
  const parameters: WireParameter[] = [];
  const transfer: ArrayBuffer[] = [];
  let weightBytes = 0;
  for (const [name, value] of wanted) {
    const stored = weights.get(name) as StoredParameter;
    const location = `p${parameters.length}`;
    const length = check(name, value, stored);
    weightBytes += length;
    locations.set(name, { location, offset: 0, length });
    let conversion = conversionOf(name, stored.dtype, value.dtype);
    let { bytes } = stored;
    if (bytes.kind === "quantised" && (bytes.of.bytes.kind === "file" || bytes.of.bytes.kind === "blob")) {
      conversion = { quantise: bytes.how, dtype: bytes.of.dtype, shape: bytes.of.shape };
      bytes = bytes.of.bytes;
    }
    if (bytes.kind === "file") {
      const { path, offset } = bytes;
      const place = places?.get(name);
      if (place !== undefined) locations.set(name, { location: place, offset, length });
      else parameters.push({ location, conversion, bytes: { path, offset, length: bytes.length } });
      continue;
    }
    if (bytes.kind === "blob") {
      parameters.push({ location, conversion, bytes: { blob: bytes.blob, bfloat16: bytes.bfloat16 === true } });
      continue;
    }
    const held = bytes.kind === "memory" ? bytes.bytes : bytesOf(parameterTensor(name, stored).data);
    // Not slice(): a Node Buffer's shares memory, which would be handed over from under its owner. What was made here is ours.
    const given = copy && bytes.kind === "memory" ? new Uint8Array(held) : held;
    if (copy) transfer.push(given.buffer as ArrayBuffer);
    parameters.push({ location, conversion, bytes: given });
  }
  return { weightBytes, external: (name) => locations.get(name), parameters, transfer, inputs };
}

/** Locations of all parameters, where every one of them can stay where it lies. */
function placesOf(
  wanted: ReadonlyMap<string, GraphValue>,
  weights: ParameterSource,
  inPlace: InPlace,
): ReadonlyMap<string, string> | undefined {
  const places = new Map<string, string>();
  for (const [name, value] of wanted) {
    const { dtype, bytes } = weights.get(name) as StoredParameter;
    // Kernels load whole vectors: numbers that lie askew are read into fresh memory.
    if (bytes.kind !== "file" || dtype !== value.dtype || bytes.offset % BYTES_PER_ELEMENT[dtype] !== 0) return undefined;
    const place = inPlace(bytes.path, bytes.offset + bytes.length);
    if (place === undefined) return undefined;
    places.set(name, place);
  }
  return places;
}

/** Bytes the graph needs. */
function check(name: string, value: GraphValue, stored: StoredParameter): number {
  if (!sameShape(stored.shape, value.shape)) {
    throw new FoleyError(
      "bad-weights",
      `The parameter "${name}" has the shape [${stored.shape.join(", ")}] in the weights, the graph expects [${value.shape.join(", ")}].`,
    );
  }
  const count = elementCount(value.shape);
  if (stored.bytes.kind === "quantised") return count * BYTES_PER_ELEMENT[value.dtype];
  const held = heldBytes(stored.bytes);
  if (held !== count * BYTES_PER_ELEMENT[stored.dtype]) {
    const what = `The parameter "${name}" is ${stored.dtype} [${stored.shape.join(", ")}]`;
    throw new FoleyError("bad-weights", `${what} but has ${held} bytes.`);
  }
  return count * BYTES_PER_ELEMENT[value.dtype];
}

/** Bytes that there will be once they are read. */
function heldBytes(bytes: Exclude<StoredParameter["bytes"], { readonly kind: "quantised" }>): number {
  if (bytes.kind === "memory") return bytes.bytes.length;
  if (bytes.kind === "blob") return bytes.bfloat16 ? 2 * bytes.blob.size : bytes.blob.size;
  return bytes.length;
}

function conversionOf(name: string, stored: DType, wanted: DType): Conversion {
  if (stored === wanted) return "none";
  if (stored === "float16" && wanted === "float32") return "float16-to-float32";
  if (stored === "float32" && wanted === "float16") return "float32-to-float16";
  throw new FoleyError("bad-weights", `The parameter "${name}" is ${stored} in the weights, the graph expects ${wanted}.`);
}
