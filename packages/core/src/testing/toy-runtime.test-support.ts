/** A plain JavaScript runtime for a handful of ops, to try the suites on; it can be told to do things wrong. */
import type { PlainTensor, Runtime } from "../contracts/index.js";
import { FoleyError } from "../errors.js";
import type { GraphValue } from "../graph-value.js";
import { parameterTensor } from "../parameters.js";
import { elementCount, type Shape } from "../tensor.js";

type Kernel = (inputs: readonly PlainTensor<"float32">[], shape: Shape) => (i: number) => number;

/** Ops of the runtime below: element `i` of the result. */
const kernels: Record<string, Kernel> = {
  Add:
    ([a, b]) =>
    (i) =>
      a!.data[i]! + b!.data[i % b!.data.length]!,
  Mul:
    ([a, b]) =>
    (i) =>
      a!.data[i]! * b!.data[i % b!.data.length]!,
  MatMul:
    ([a, b]) =>
    (i) => {
      const [inner, columns] = b!.shape as [number, number];
      const row = Math.floor(i / columns) * inner;
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a!.data[row + k]! * b!.data[k * columns + (i % columns)]!;
      return sum;
    },
  /** [b, r, c] → [b, c, r], also for more rows or columns cut into groups (see the shapes of the parts). */
  Swap: ([a], shape) => {
    const [, rows, columns] = shape as [number, number, number];
    return (i) => {
      const b = Math.floor(i / (rows * columns));
      const r = Math.floor(i / columns) % rows;
      return a!.data[b * rows * columns + (i % columns) * rows + r]!;
    };
  },
  Cut: ([a], shape) => {
    const [, rows, columns] = shape as [number, number, number];
    const all = a!.shape[1]!;
    return (i) => {
      const b = Math.floor(i / (rows * columns));
      return a!.data[b * all * columns + (i % (rows * columns)) + (all - rows) * columns]!;
    };
  },
  Prepend: ([a, b], shape) => {
    const [, rows, columns] = shape as [number, number, number];
    return (i) => {
      const batch = Math.floor(i / (rows * columns));
      const within = i % (rows * columns);
      return within < columns ? b!.data[batch * columns + within]! : a!.data[batch * (rows - 1) * columns + within - columns]!;
    };
  },
  Reshape:
    ([a]) =>
    (i) =>
      a!.data[i]!,
  /** Mean over each pair of frames and all pixels, times a weight per feature. */
  Pool: ([a, w], shape) => {
    const [, time, width] = shape as [number, number, number];
    return (i) => {
      const group = Math.floor(i / width);
      const size = a!.data.length / ((shape[0] as number) * time);
      let sum = 0;
      for (let k = 0; k < size; k++) sum += a!.data[group * size + k]!;
      return (sum / size) * w!.data[i % width]!;
    };
  },
  Embed: ([ids, table, mask], shape) => {
    const width = shape.at(-1) as number;
    return (i) =>
      table!.data[Number(ids!.data[Math.floor(i / width)]) * width + (i % width)]! * mask!.data[Math.floor(i / width)]!;
  },
  /** Every entry of the batch times its own number. */
  Keep: ([a, b]) => {
    const size = a!.data.length / b!.data.length;
    return (i) => a!.data[i]! * b!.data[Math.floor(i / size)]!;
  },
  /** Neighbours in time mixed in, for a codec that needs one latent of context. */
  Smooth: ([a]) => {
    const frames = a!.shape.at(-1) as number;
    return (i) => a!.data[i]! + 0.25 * ((i % frames > 0 ? a!.data[i - 1]! : 0) + (i % frames < frames - 1 ? a!.data[i + 1]! : 0));
  },
  /** Adds the mean token through a matrix to every row after the prefix. */
  Attend: ([x, tokens, wOut]) => {
    const [, rows, width] = x!.shape as [number, number, number];
    const [, count, tokenWidth] = tokens!.shape as [number, number, number];
    return (i) => {
      if (Math.floor(i / width) % rows === 0) return x!.data[i]!;
      let sum = 0;
      for (let j = 0; j < count; j++) {
        for (let k = 0; k < tokenWidth; k++) sum += tokens!.data[j * tokenWidth + k]! * wOut!.data[k * width + (i % width)]!;
      }
      return x!.data[i]! + sum / count;
    };
  },
};

/** What a runtime may do wrong. */
export interface Mistakes {
  readonly ignoreSignal?: boolean;
  readonly ignoreDispose?: boolean;
  readonly drift?: boolean;
  readonly skipInputChecks?: boolean;
  readonly failSelfTest?: boolean;
  readonly zeroMissingWeights?: boolean;
}

/** A plain JavaScript runtime for the ops above. */
export function javaScriptRuntime(mistakes: Mistakes = {}): Runtime {
  let disposed = false;
  let runs = 0;
  const guard = (closed: boolean): void => {
    if (closed && !mistakes.ignoreDispose) throw new FoleyError("disposed", "This was disposed of.");
  };
  return {
    specificationVersion: "v1",
    kind: "runtime",
    load: async (graph, weights, options) => {
      guard(disposed);
      if (!mistakes.ignoreSignal) options?.signal?.throwIfAborted();
      let closed = false;
      const leaves = new Map<string, GraphValue>(graph.inputs.map((value) => [value.name ?? "", value]));
      const fixed = new Map<string, PlainTensor>();
      const visit = (value: GraphValue): void => {
        value.node?.inputs.forEach(visit);
        if (value.kind !== "parameter") return;
        const name = value.name ?? "";
        if (weights === undefined) {
          leaves.set(name, value);
          return;
        }
        const stored = weights.get(name);
        if (stored?.shape.join() === value.shape.join()) fixed.set(name, parameterTensor(name, stored));
        else if (mistakes.zeroMissingWeights)
          fixed.set(name, { dtype: "float32", shape: value.shape, data: new Float32Array(elementCount(value.shape)) });
        else throw new FoleyError("bad-weights", `The parameter ${name} is missing or has another shape.`);
      };
      Object.values(graph.outputs).forEach(visit);
      const run = (given: Readonly<Record<string, PlainTensor>>): Record<string, PlainTensor> => {
        for (const name of Object.keys(given)) {
          if (!leaves.has(name)) throw new FoleyError("invalid-argument", `There is no input ${name}.`);
        }
        for (const [name, { dtype, shape }] of mistakes.skipInputChecks ? [] : leaves) {
          const value = given[name];
          if (value?.dtype !== dtype || value.shape.join() !== shape.join())
            throw new FoleyError("shape-mismatch", `The input ${name} does not fit.`);
        }
        const known = new Map<GraphValue, PlainTensor>();
        const valueOf = (value: GraphValue): PlainTensor => {
          const done = known.get(value);
          if (done !== undefined) return done;
          let made: PlainTensor | undefined;
          if (value.kind === "constant") made = { dtype: value.dtype, shape: value.shape, data: value.data as Float32Array };
          else if (value.node === undefined) made = fixed.get(value.name ?? "") ?? given[value.name ?? ""];
          else {
            const at = (kernels[value.node.op] as Kernel)(
              value.node.inputs.map(valueOf) as PlainTensor<"float32">[],
              value.shape,
            );
            made = {
              dtype: "float32",
              shape: value.shape,
              data: Float32Array.from({ length: elementCount(value.shape) }, (_, i) => at(i)),
            };
          }
          known.set(value, made as PlainTensor);
          return made as PlainTensor;
        };
        runs++;
        return Object.fromEntries(
          Object.entries(graph.outputs).map(([name, value]) => {
            const { dtype, shape, data } = valueOf(value);
            return [
              name,
              { dtype, shape, data: mistakes.drift ? (data as Float32Array).map((entry) => entry + 1e-7 * runs) : data },
            ];
          }),
        );
      };
      const start = async (
        inputs: Readonly<Record<string, PlainTensor | { read(): Promise<PlainTensor> }>>,
        signal: AbortSignal | undefined,
      ): Promise<Record<string, PlainTensor>> => {
        guard(closed);
        if (!mistakes.ignoreSignal) signal?.throwIfAborted();
        const plain = await Promise.all(
          Object.entries(inputs).map(async ([name, value]) => [name, "read" in value ? await value.read() : value] as const),
        );
        return run(Object.fromEntries(plain));
      };
      return {
        run: async (inputs, settings) => start(inputs, settings?.signal),
        runOnDevice: async (inputs, settings) =>
          Object.fromEntries(
            Object.entries(await start(inputs, settings?.signal)).map(([name, value]) => {
              let freed = false;
              const read = async (): Promise<PlainTensor> => {
                guard(freed);
                return value;
              };
              const dispose = (): void => {
                freed = true;
              };
              return [name, { location: "device", dtype: value.dtype, shape: value.shape, read, dispose } as const];
            }),
          ),
        dispose: async () => {
          closed = true;
        },
      };
    },
    capabilities: async ({ devices } = {}) => ({
      runtime: "javascript",
      version: "1",
      device: "cpu",
      ...(devices && { devices: [{ device: "cpu", available: true }] }),
      threads: 1,
      float16: false,
      selfTest: { passed: !mistakes.failSelfTest, maxError: 0 },
    }),
    dispose: async () => {
      disposed = true;
    },
  };
}
