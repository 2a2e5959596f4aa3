/** The small parts of the backbone: a text encoder, two video encoders and a codec. Weights are random: nothing here was trained. */
import {
  type AudioCodec,
  createRandom,
  type Graph,
  memoryParameters,
  type TextEncoder,
  type VideoEncoder,
} from "@foley-control/core";
import { graph, input, linear, ops, parameter, parametersOf } from "@foley-control/graph";

export const WIDTH = 32;

/** Random numbers for every parameter of some graphs, of about unit gain. */
export function randomWeights(...graphs: readonly Graph[]) {
  const shapes = new Map(graphs.flatMap((each) => [...parametersOf(each)]));
  return memoryParameters(
    Object.fromEntries(
      [...shapes].map(([name, { shape }]) => {
        const random = createRandom(1, name);
        const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
        const gain = 1 / Math.sqrt(shape.at(-1) ?? 1);
        for (let i = 0; i < data.length; i++) data[i] = gain * random.normal();
        return [name, { dtype: "float32" as const, shape, data }];
      }),
    ),
  );
}

const MOST_ROWS = 24;
/** One row per letter and one that ends the text; padding is computed like any other row. The network sees as many rows as there are. */
const textGraph: TextEncoder["graph"] = ({ batch = 1, rows = MOST_ROWS } = {}) => {
  const [ids, mask] = [input("ids", [batch, rows], "int64"), input("mask", [batch, rows])];
  return graph("letters", [ids, mask], { tokens: ops.gather(parameter("letters", [29, WIDTH]), ids, 0) });
};
const lettersOf = (text: string) =>
  [...text.toLowerCase()].flatMap((letter) => (/[a-z ]/.test(letter) ? [letter === " " ? 28 : letter.charCodeAt(0) - 96] : []));
export const letters: TextEncoder = {
  specificationVersion: "v1",
  kind: "text-encoder",
  id: "pond/letters@1",
  length: MOST_ROWS,
  tokenWidth: WIDTH,
  padding: "computed",
  weights: randomWeights(textGraph()),
  rowsFor: (texts) => Math.min(MOST_ROWS, 1 + Math.max(...texts.map((text) => lettersOf(text).length))),
  tokenise(text, rows = MOST_ROWS) {
    const ids = [...lettersOf(text).slice(0, rows - 1), 27];
    const at = (i: number) => ids[i] ?? 0;
    return {
      ids: BigInt64Array.from({ length: rows }, (_, i) => BigInt(at(i))),
      mask: Float32Array.from({ length: rows }, (_, i) => (i < ids.length ? 1 : 0)),
    };
  },
  graph: textGraph,
};

const SIDE = 8;
/** Looks at pictures one by one (`window` 1), or at several that move (`window` 16, every 8). */
function eye(
  id: string,
  rates: Pick<VideoEncoder, "frameRate" | "window" | "step" | "end" | "tokenRate" | "tokenWidth">,
): VideoEncoder {
  const perToken = rates.frameRate / rates.tokenRate;
  const see: VideoEncoder["graph"] = ({ frames, batch = 1 }) => {
    const pixels = input("pixels", [batch, frames, 3, SIDE, SIDE]);
    const rows = ops.reshape(pixels, [batch, frames / perToken, perToken * 3 * SIDE * SIDE]);
    return graph(id, [pixels], { tokens: linear(rows, "see", rates.tokenWidth) });
  };
  return {
    specificationVersion: "v1",
    kind: "video-encoder",
    id,
    ...rates,
    imageSize: [SIDE, SIDE],
    normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    weights: randomWeights(see({ frames: rates.window })),
    graph: see,
  };
}
export const glance = eye("pond/glance@1", { frameRate: 8, window: 1, tokenRate: 8, tokenWidth: 24 });
export const motion = eye("pond/motion@1", { frameRate: 25, window: 16, step: 8, end: "drop", tokenRate: 12.5, tokenWidth: 20 });

const [RATE, HOP, CHANNELS] = [8000, 400, 6];
const encode: AudioCodec["encodeGraph"] = ({ frames, batch = 1 }) => {
  const audio = input("audio", [batch, 1, frames * HOP]);
  const latents = linear(ops.reshape(audio, [batch, frames, HOP]), "codec.in", CHANNELS);
  return graph("codec.encode", [audio], { latents: ops.transpose(latents, [0, 2, 1]) });
};
const decode: AudioCodec["decodeGraph"] = ({ frames, batch = 1 }) => {
  const latents = input("latents", [batch, CHANNELS, frames]);
  const audio = linear(ops.transpose(latents, [0, 2, 1]), "codec.out", HOP);
  return graph("codec.decode", [latents], { audio: ops.reshape(ops.tanh(audio), [batch, 1, frames * HOP]) });
};
export const codec: AudioCodec = {
  specificationVersion: "v1",
  kind: "audio-codec",
  id: "pond/codec@1",
  sampleRate: RATE,
  channels: 1,
  hop: HOP,
  latentRate: RATE / HOP,
  latentChannels: CHANNELS,
  decodeContext: 0,
  weights: randomWeights(encode({ frames: 1 }), decode({ frames: 1 })),
  encodeGraph: encode,
  decodeGraph: decode,
};
