/** The suites themselves: they accept small correct parts, and each deliberate mistake is noticed by the check it belongs to. */
import { describe, expect, it } from "vitest";
import type {
  AudioBackbone,
  AudioCodec,
  Bridge,
  Denoiser,
  Metric,
  PlainTensor,
  Runtime,
  TextEncoder,
  VideoEncoder,
} from "../contracts/index.js";
import { FoleyError } from "../errors.js";
import type { Graph, GraphValue } from "../graph-value.js";
import { memoryParameters, parameterTensor } from "../parameters.js";
import { elementCount, type Shape } from "../tensor.js";
import {
  type ConformanceCheck,
  testAudioBackbone,
  testAudioCodec,
  testBridge,
  testDenoiser,
  testMetric,
  testRuntime,
  testTextEncoder,
  testVideoEncoder,
} from "../testing.js";

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

interface Mistakes {
  readonly ignoreSignal?: boolean;
  readonly ignoreDispose?: boolean;
  readonly drift?: boolean;
  readonly skipInputChecks?: boolean;
  readonly failSelfTest?: boolean;
  readonly zeroMissingWeights?: boolean;
}

/** A plain JavaScript runtime for the ops above. */
function javaScriptRuntime(mistakes: Mistakes = {}): Runtime {
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
    capabilities: async () => ({
      runtime: "javascript",
      version: "1",
      device: "cpu",
      devices: [{ device: "cpu", available: true }],
      threads: 1,
      float16: false,
      selfTest: { passed: !mistakes.failSelfTest, maxError: 0 },
    }),
    dispose: async () => {
      disposed = true;
    },
  };
}

const input = (name: string, shape: Shape, dtype: "float32" | "int64" = "float32"): GraphValue => ({
  kind: "input",
  name,
  dtype,
  shape,
});
const parameter = (name: string, shape: Shape): GraphValue => ({ kind: "parameter", name, dtype: "float32", shape });
function apply(op: string, inputs: readonly GraphValue[], shape: Shape): GraphValue {
  const outputs: GraphValue[] = [];
  outputs.push({ kind: "node", dtype: "float32", shape, node: { op, inputs, attributes: {}, outputs }, index: 0 });
  return outputs[0] as GraphValue;
}
const weightsOf = (shapes: Record<string, Shape>, value: (i: number) => number = (i) => Math.sin(i + 1)) =>
  memoryParameters(
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        { dtype: "float32", shape, data: Float32Array.from({ length: elementCount(shape) }, (_, i) => value(i)) } as const,
      ]),
    ),
  );

const videoEncoder: VideoEncoder = {
  specificationVersion: "v1",
  kind: "video-encoder",
  id: "toy",
  frameRate: 16,
  window: 4,
  imageSize: [2, 3],
  normalisation: { mean: [0.5, 0.5, 0.5], std: [1, 1, 1] },
  tokenRate: 8,
  tokenWidth: 5,
  weights: weightsOf({ w: [5] }),
  graph: ({ frames, batch = 1 }) => {
    const pixels = input("pixels", [batch, frames, 3, 2, 3]);
    return {
      name: "toy",
      inputs: [pixels],
      outputs: { tokens: apply("Pool", [pixels, parameter("w", [5])], [batch, frames / 2, 5]) },
    };
  },
};

const textEncoder: TextEncoder = {
  specificationVersion: "v1",
  kind: "text-encoder",
  id: "toy",
  length: 6,
  tokenWidth: 4,
  weights: weightsOf({ table: [16, 4] }),
  tokenise: (text) => {
    const ids = BigInt64Array.from({ length: 6 }, (_, i) => BigInt(i < text.length ? text.charCodeAt(i) % 16 : 0));
    return { ids, mask: Float32Array.from({ length: 6 }, (_, i) => (i < text.length ? 1 : 0)) };
  },
  graph: ({ batch = 1 } = {}) => {
    const [ids, mask] = [input("ids", [batch, 6], "int64"), input("mask", [batch, 6])];
    return {
      name: "toy",
      inputs: [ids, mask],
      outputs: { tokens: apply("Embed", [ids, parameter("table", [16, 4]), mask], [batch, 6, 4]) },
    };
  },
};

const codec: AudioCodec = {
  specificationVersion: "v1",
  kind: "audio-codec",
  id: "toy",
  sampleRate: 8000,
  channels: 1,
  hop: 4,
  latentRate: 2000,
  latentChannels: 4,
  decodeContext: 1,
  weights: memoryParameters({}),
  encodeGraph: ({ frames, batch = 1 }) => {
    const audio = input("audio", [batch, 1, frames * 4]);
    return {
      name: "encode",
      inputs: [audio],
      outputs: { latents: apply("Swap", [apply("Reshape", [audio], [batch, frames, 4])], [batch, 4, frames]) },
    };
  },
  decodeGraph: ({ frames, batch = 1 }) => {
    const latents = input("latents", [batch, 4, frames]);
    const rows = apply("Swap", [apply("Smooth", [latents], [batch, 4, frames])], [batch, frames, 4]);
    return { name: "decode", inputs: [latents], outputs: { audio: apply("Reshape", [rows], [batch, 1, frames * 4]) } };
  },
};

/** Two blocks of x ← x + x·W; one prefix row made from the global conditioning. */
function denoiserWith(mistake?: "skips-hook" | "bypass" | "wrong-order" | "ignores-extra"): Denoiser {
  const denoiser: Denoiser = {
    specificationVersion: "v1",
    kind: "denoiser",
    id: "toy",
    prediction: "v",
    latentChannels: 4,
    blocks: 2,
    weights: weightsOf({ "blocks.0": [4, 4], "blocks.1": [4, 4] }, (i) => 0.3 * Math.cos(i)),
    sites: (frames) =>
      [0, 1].map((block) => ({
        block,
        width: 4,
        heads: 2,
        headWidth: 2,
        prefixTokens: 1,
        seconds: Array.from({ length: frames }, (_, i) => (i + 0.5) / 2000),
      })),
    graph: ({ frames, batch = 1, hook, extraInputs = [] }) => {
      const inputs = [
        input("latents", [batch, 4, frames]),
        input("time", [batch]),
        input("context", [batch, 7, 4]),
        input("global", [batch, 4]),
      ];
      const shape = [batch, frames + 1, 4];
      const rows = apply("Swap", [inputs[0] as GraphValue], [batch, frames, 4]);
      let x = apply("Prepend", [rows, apply("Mul", [inputs[3] as GraphValue, inputs[3] as GraphValue], [batch, 4])], shape);
      const sites = denoiser.sites(frames);
      for (const site of mistake === "wrong-order" ? [...sites].reverse() : sites) {
        const before = apply("Reshape", [x], shape);
        const hooked = hook !== undefined && !(mistake === "skips-hook" && site.block === 1) ? hook(before, site) : before;
        const residual = mistake === "bypass" ? before : hooked;
        x = apply("Add", [residual, apply("MatMul", [hooked, parameter(`blocks.${site.block}`, [4, 4])], shape)], shape);
      }
      const cut = apply("Cut", [x], [batch, frames, 4]);
      return {
        name: "denoiser",
        inputs: [...inputs, ...(mistake === "ignores-extra" ? [] : extraInputs)],
        outputs: { prediction: apply("Swap", [cut], [batch, 4, frames]) },
      };
    },
  };
  return denoiser;
}

const backbone: AudioBackbone = {
  specificationVersion: "v1",
  kind: "audio-backbone",
  id: "toy",
  text: textEncoder,
  denoiser: denoiserWith(),
  codec,
  weights: weightsOf({ seconds: [1, 4] }),
  conditionGraph: ({ batch = 1 } = {}) => {
    const inputs = [input("tokens", [batch, 6, 4]), input("secondsStart", [batch]), input("secondsTotal", [batch])] as const;
    const global = apply("MatMul", [apply("Reshape", [inputs[2]], [batch, 1]), parameter("seconds", [1, 4])], [batch, 4]);
    return { name: "condition", inputs, outputs: { context: apply("Prepend", [inputs[0], global], [batch, 7, 4]), global } };
  },
};

function bridgeWith(
  change: { readonly start?: number; readonly listed?: readonly string[]; readonly constant?: boolean } = {},
): Bridge {
  const shapes: Record<string, Shape> = { "out.0": [5, 4], "out.1": [5, 4] };
  return {
    specificationVersion: "v1",
    kind: "bridge",
    config: { width: 4 },
    parameters: (change.listed ?? Object.keys(shapes)).map((name) => ({ name, shape: shapes[name] as Shape })),
    weights: weightsOf(shapes, () => change.start ?? 0),
    hook: (videoTokens) => (x, site) => {
      const y = apply("Attend", [x, videoTokens, parameter(`out.${site.block}`, [5, 4])], x.shape);
      const one: GraphValue = { kind: "constant", dtype: "float32", shape: [1], data: Float32Array.of(1e-3) };
      return change.constant ? apply("Add", [y, one], x.shape) : y;
    },
  };
}

const loudness: Metric<Float32Array> = {
  specificationVersion: "v1",
  kind: "metric",
  id: "loudness",
  unit: "",
  direction: "higher",
  needs: [],
  compute: (inputs) => inputs.reduce((sum, values) => sum + values.reduce((a, b) => a + Math.abs(b), 0), 0),
};
const sounds = { inputs: [Float32Array.of(1, -1)], better: [Float32Array.of(2)], worse: [Float32Array.of(1)] };

/** Names of the checks that fail. */
async function failures(checks: readonly ConformanceCheck[]): Promise<string[]> {
  const runtime = javaScriptRuntime();
  const failed: string[] = [];
  for (const check of checks) {
    await check.run(runtime).catch((error: unknown) => failed.push(`${check.name}: ${(error as Error).message}`));
  }
  return failed;
}

describe("correct parts pass", () => {
  it.each<[string, readonly ConformanceCheck[]]>([
    ["testRuntime", testRuntime(() => javaScriptRuntime())],
    ["testVideoEncoder", testVideoEncoder(() => videoEncoder)],
    ["testTextEncoder", testTextEncoder(() => textEncoder)],
    ["testAudioCodec", testAudioCodec(() => codec)],
    ["testDenoiser", testDenoiser(() => denoiserWith())],
    ["testAudioBackbone", testAudioBackbone(async () => backbone)],
    ["testBridge", testBridge(() => ({ bridge: bridgeWith(), denoiser: denoiserWith() }), { tokenWidth: 5 })],
    ["testMetric", testMetric(() => loudness, sounds)],
  ])("%s", async (_name, checks) => {
    expect(checks.length).toBeGreaterThan(2);
    expect(await failures(checks)).toEqual([]);
  });

  it("asks for a runtime where one is needed", async () => {
    const check = testVideoEncoder(() => videoEncoder).find(({ needsRuntime }) => needsRuntime);
    await expect(check?.run()).rejects.toThrow(/needs a runtime/);
  });
});

describe("mistakes are noticed", () => {
  let calls = 0;
  const onRuntime = (mistakes: Mistakes) => testRuntime(() => javaScriptRuntime(mistakes));
  const onBridge = (bridge: Bridge) => testBridge(() => ({ bridge, denoiser: denoiserWith() }), { tokenWidth: 5 });
  const graphOf = (change: (graph: Graph) => Graph) => (options: { frames: number; batch?: number }) =>
    change(videoEncoder.graph(options));
  it.each<[string, readonly ConformanceCheck[], RegExp]>([
    ["a runtime that ignores the signal", onRuntime({ ignoreSignal: true }), /signal's reason/],
    ["a runtime that works after dispose", onRuntime({ ignoreDispose: true }), /disposed of twice/],
    ["a runtime that drifts", onRuntime({ drift: true }), /the same every time/],
    ["a runtime that takes any input", onRuntime({ skipInputChecks: true }), /mis-shaped inputs/],
    ["a runtime whose self-test fails", onRuntime({ failSelfTest: true }), /says what it is/],
    ["a runtime that invents weights", onRuntime({ zeroMissingWeights: true }), /missing and mis-shaped weights/],
    ["a wrong token rate", testVideoEncoder(() => ({ ...videoEncoder, tokenRate: 16 })), /follow from its rates/],
    [
      "a wrong number of tokens per step",
      testVideoEncoder(() => ({ ...videoEncoder, tokensPerStep: 2 })),
      /follow from its rates/,
    ],
    [
      "pixels of another size",
      testVideoEncoder(() => ({ ...videoEncoder, preprocess: () => new Float32Array(17) })),
      /pictures of any shape/,
    ],
    [
      "pixels that do not depend on the picture",
      testVideoEncoder(() => ({ ...videoEncoder, preprocess: () => new Float32Array(18) })),
      /pictures of any shape/,
    ],
    ["a wrong token width", testVideoEncoder(() => ({ ...videoEncoder, tokenWidth: 6 })), /follow from its rates/],
    [
      "a deviation of 0",
      testVideoEncoder(() => ({ ...videoEncoder, normalisation: { mean: [0, 0, 0], std: [1, 1, 0] } })),
      /normalisation/,
    ],
    [
      "weights that lack a parameter",
      testVideoEncoder(() => ({ ...videoEncoder, weights: memoryParameters({}) })),
      /holds every parameter/,
    ],
    [
      "an encoder that sees nothing",
      testVideoEncoder(() => ({
        ...videoEncoder,
        weights: weightsOf({ w: [5] }, () => 0),
      })),
      /depend on the picture/,
    ],
    [
      "an input of another name",
      testVideoEncoder(() => ({
        ...videoEncoder,
        graph: graphOf((graph) => ({ ...graph, inputs: [input("frames", graph.inputs[0]?.shape ?? [])] })),
      })),
      /follow from its rates/,
    ],
    [
      "a tokeniser that throws on long text",
      testTextEncoder(() => ({
        ...textEncoder,
        tokenise: (text) => {
          if (text.length > 1000) throw new Error("too long");
          return textEncoder.tokenise(text);
        },
      })),
      /however long/,
    ],
    [
      "padding that is not zero",
      testTextEncoder(() => ({
        ...textEncoder,
        graph: (options) => {
          const graph = textEncoder.graph(options);
          const { tokens } = graph.outputs as { tokens: GraphValue };
          const small: GraphValue = { kind: "constant", dtype: "float32", shape: [1], data: Float32Array.of(1e-30) };
          return { ...graph, outputs: { tokens: apply("Add", [tokens, small], tokens.shape) } };
        },
      })),
      /exact zeros/,
    ],
    ["a latent rate that does not follow from the hop", testAudioCodec(() => ({ ...codec, latentRate: 2001 })), /fit together/],
    ["a decode context that is too short", testAudioCodec(() => ({ ...codec, decodeContext: 0 })), /exactly as the whole/],
    ["a chunk that is all context", testAudioCodec(() => ({ ...codec, decodeChunk: 2 })), /fit together/],
    ["a block without a hook", testDenoiser(() => denoiserWith("skips-hook")), /once per site/],
    ["a residual that goes around the hook", testDenoiser(() => denoiserWith("bypass")), /all its consumers/],
    ["hooks in the wrong order", testDenoiser(() => denoiserWith("wrong-order")), /in order/],
    ["extra inputs that get lost", testDenoiser(() => denoiserWith("ignores-extra")), /extra inputs/],
    [
      "a codec of other latents",
      testAudioBackbone(() => ({ ...backbone, codec: { ...codec, latentChannels: 8 } })),
      /joins parts that fit/,
    ],
    [
      "positions at another rate",
      testAudioBackbone(() => ({ ...backbone, codec: { ...codec, latentRate: 1000, hop: 8 } })),
      /joins parts that fit/,
    ],
    ["a bridge that does not start at zero", onBridge(bridgeWith({ start: 0.01 })), /bit-identical when fresh/],
    ["a parameter that is not listed", onBridge(bridgeWith({ listed: ["out.0"] })), /exactly its own parameters/],
    ["a bridge that adds something for zero tokens", onBridge(bridgeWith({ constant: true })), /exactly nothing for zero tokens/],
    ["a bridge that touches the prefix", onBridge(bridgeWith({ constant: true })), /prefix rows/],
    [
      "a metric of the other direction",
      testMetric(() => ({ ...loudness, direction: "lower" as const }), sounds),
      /in its direction/,
    ],
    ["a metric that wanders", testMetric(() => ({ ...loudness, compute: () => ++calls }), sounds), /the same every time/],
    [
      "a metric that sorts its input",
      testMetric(() => ({ ...loudness, compute: (inputs) => loudness.compute(inputs.map((values) => values.sort())) }), sounds),
      /leaves its inputs alone/,
    ],
  ])("%s", async (_name, checks, expected) => {
    expect(await failures(checks)).toContainEqual(expect.stringMatching(expected));
  });
});
