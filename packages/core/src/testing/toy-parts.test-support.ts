/** The smallest correct part of every kind, to try the suites on, and the same with mistakes. */
import type { AudioBackbone, AudioCodec, Bridge, Denoiser, Metric, TextEncoder, VideoEncoder } from "../contracts/index.js";
import type { GraphValue } from "../graph-value.js";
import { memoryParameters } from "../parameters.js";
import { elementCount, type Shape } from "../tensor.js";

export const input = (name: string, shape: Shape, dtype: "float32" | "int64" = "float32"): GraphValue => ({
  kind: "input",
  name,
  dtype,
  shape,
});
const parameter = (name: string, shape: Shape): GraphValue => ({ kind: "parameter", name, dtype: "float32", shape });
export function apply(op: string, inputs: readonly GraphValue[], shape: Shape): GraphValue {
  const outputs: GraphValue[] = [];
  outputs.push({ kind: "node", dtype: "float32", shape, node: { op, inputs, attributes: {}, outputs }, index: 0 });
  return outputs[0] as GraphValue;
}
export const weightsOf = (shapes: Record<string, Shape>, value: (i: number) => number = (i) => Math.sin(i + 1)) =>
  memoryParameters(
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        { dtype: "float32", shape, data: Float32Array.from({ length: elementCount(shape) }, (_, i) => value(i)) } as const,
      ]),
    ),
  );

export const videoEncoder: VideoEncoder = {
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

export const textEncoder: TextEncoder = {
  specificationVersion: "v1",
  kind: "text-encoder",
  id: "toy",
  length: 6,
  tokenWidth: 4,
  padding: "zero",
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

export const codec: AudioCodec = {
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
export function denoiserWith(mistake?: "skips-hook" | "bypass" | "wrong-order" | "ignores-extra"): Denoiser {
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

/** Conditions of tokens and seconds; as made, or with a mistake. */
export function conditionWith(mistake?: "leaks" | "reads-more" | "gives-less"): AudioBackbone["conditionGraph"] {
  return ({ batch = 1 }) => {
    const [tokens, seconds, kept] = [input("tokens", [batch, 6, 4]), input("secondsTotal", [batch]), input("textKept", [batch])];
    const global = apply("MatMul", [apply("Reshape", [seconds], [batch, 1]), parameter("seconds", [1, 4])], [batch, 4]);
    const rows = apply("Prepend", [tokens, global], [batch, 7, 4]);
    const context = mistake === "leaks" ? rows : apply("Keep", [rows, kept], [batch, 7, 4]);
    return {
      name: "condition",
      inputs: [tokens, seconds, kept, ...(mistake === "reads-more" ? [input("mood", [batch])] : [])],
      outputs: mistake === "gives-less" ? { context } : { context, global },
    };
  };
}

export const backbone: AudioBackbone = {
  specificationVersion: "v1",
  kind: "audio-backbone",
  id: "toy",
  text: textEncoder,
  denoiser: denoiserWith(),
  codec,
  weights: weightsOf({ seconds: [1, 4] }),
  seconds: { minimum: 0.5, trained: 2, maximum: 3 },
  streams: [],
  frames: (seconds) => Math.ceil((seconds * codec.sampleRate) / codec.hop),
  conditionGraph: conditionWith(),
};

export function bridgeWith(
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
      const tokens = "kind" in videoTokens ? videoTokens : (videoTokens[0] as GraphValue);
      const y = apply("Attend", [x, tokens, parameter(`out.${site.block}`, [5, 4])], x.shape);
      const one: GraphValue = { kind: "constant", dtype: "float32", shape: [1], data: Float32Array.of(1e-3) };
      return change.constant ? apply("Add", [y, one], x.shape) : y;
    },
  };
}

export const loudness: Metric<Float32Array> = {
  specificationVersion: "v1",
  kind: "metric",
  id: "loudness",
  unit: "",
  direction: "higher",
  needs: [],
  compute: (inputs) => inputs.reduce((sum, values) => sum + values.reduce((a, b) => a + Math.abs(b), 0), 0),
};
export const sounds = { inputs: [Float32Array.of(1, -1)], better: [Float32Array.of(2)], worse: [Float32Array.of(1)] };
