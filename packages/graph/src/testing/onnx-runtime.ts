/** Runs ONNX bytes in ONNX Runtime on the CPU, for the tests. */
import type { DType, Graph, GraphValue } from "@foley-control/core";
import { float16ToFloat32, float32ToFloat16 } from "@foley-control/core";
import { InferenceSession, Tensor } from "onnxruntime-node";

/** Outputs as numbers, by name. */
export type Numbers = Readonly<Record<string, readonly number[]>>;

/** A file that external data points into, held in memory. */
export interface ExternalFile {
  readonly path: string;
  readonly data: Uint8Array;
}

/**
 * Loads and runs once.
 *
 * @param graph - Says which element type each input has.
 */
export async function runOnnx(
  bytes: Uint8Array,
  graph: Graph,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
  externalData: readonly ExternalFile[] = [],
): Promise<Numbers> {
  const session = await InferenceSession.create(bytes, {
    externalData: [...externalData],
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const inputs = Object.fromEntries(
      graph.inputs.map((value) => [value.name as string, tensorOf(value, feeds[value.name as string] as ArrayLike<number>)]),
    );
    const results = await session.run(inputs);
    return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, numbersOf(value)]));
  } finally {
    await session.release();
  }
}

function tensorOf(value: GraphValue, numbers: ArrayLike<number>): Tensor {
  const list = Array.from(numbers);
  const types: Partial<Record<DType, () => Tensor>> = {
    float32: () => new Tensor("float32", Float32Array.from(list), value.shape),
    int64: () => new Tensor("int64", BigInt64Array.from(list, BigInt), value.shape),
    int32: () => new Tensor("int32", Int32Array.from(list), value.shape),
    float16: () => new Tensor("float16", float32ToFloat16(Float32Array.from(list)), value.shape),
    int8: () => new Tensor("int8", Int8Array.from(list), value.shape),
    uint8: () => new Tensor("uint8", Uint8Array.from(list), value.shape),
    bool: () => new Tensor("bool", Uint8Array.from(list), value.shape),
  };
  const make = types[value.dtype];
  if (!make) throw new Error(`no test tensor of ${value.dtype}`);
  return make();
}

function numbersOf(value: Tensor): readonly number[] {
  const data =
    value.type === "float16"
      ? float16ToFloat32(value.data as unknown as Uint16Array)
      : (value.data as ArrayLike<number | bigint>);
  return Array.from(data as ArrayLike<number | bigint>, Number);
}

/** Largest |a − b| / max(1, |b|) over all outputs; infinite when they differ in names or lengths, or are not numbers. */
export function difference(
  a: Readonly<Record<string, ArrayLike<number>>>,
  b: Readonly<Record<string, ArrayLike<number>>>,
): number {
  if (Object.keys(a).sort().join() !== Object.keys(b).sort().join()) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (const [name, left] of Object.entries(a)) {
    const right = b[name] as ArrayLike<number>;
    if (left.length !== right.length) return Number.POSITIVE_INFINITY;
    for (let i = 0; i < left.length; i++) {
      const error = Math.abs((left[i] as number) - (right[i] as number)) / Math.max(1, Math.abs(right[i] as number));
      if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    }
  }
  return worst;
}
