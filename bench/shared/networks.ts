/** The networks of a backbone with something to feed them: the same in Node and in a page. */
import { clipSize } from "@foley-control/audio-backbone";
import {
  type AudioBackbone,
  elementCount,
  type Graph,
  normalArray,
  type ParameterSource,
  type PlainTensor,
} from "@foley-control/core";
import { graph as joined } from "@foley-control/graph";

/** One network of a backbone. */
export interface BackboneNetwork {
  /** What it does. */
  readonly name: string;
  /** Its graph, with the one output `y`. */
  readonly graph: Graph;
  /** Its weights. */
  readonly weights: ParameterSource;
  /** Whether a pipeline loads it for a run or two, in stages where it is large. */
  readonly rare: boolean;
  /** What is fed. */
  readonly feeds: Readonly<Record<string, PlainTensor>>;
}

/** Every network for so many seconds; of what sees each for one window. */
export function networksOf(backbone: AudioBackbone, seconds: number): readonly BackboneNetwork[] {
  const { text, codec, denoiser, streams } = backbone;
  const size = clipSize(backbone, seconds, [""]);
  const made = (name: string, from: Graph, weights: ParameterSource, rare: boolean): BackboneNetwork => ({
    ...{ name, weights, rare },
    graph: joined(name, from.inputs, { y: Object.values(from.outputs)[0] as Graph["inputs"][number] }),
    feeds: Object.fromEntries(from.inputs.map((value) => [value.name ?? "", fed(value)])),
  });
  return [
    made("text", text.graph(), text.weights, true),
    ...streams.map(({ name, encoder }) => made(name, encoder.graph({ frames: encoder.window }), encoder.weights, true)),
    made("denoiser", denoiser.graph(size), denoiser.weights, false),
    made("decoder", codec.decodeGraph({ frames: Math.min(size.frames, DECODED) }), codec.weights, false),
  ];
}

/** Latents that are decoded at once: long sounds are decoded in pieces. */
const DECODED = 64;

/** Tokens, masks that hide nothing, a time in the middle, and noise for all else. */
function fed({ name = "", dtype, shape }: Graph["inputs"][number]): PlainTensor {
  const count = elementCount(shape);
  if (dtype === "int64") return { dtype, shape, data: BigInt64Array.from({ length: count }, (_, i) => BigInt(1 + (i % 100))) };
  const one = /mask|Kept$/u.test(name) ? 1 : name === "time" ? 0.5 : undefined;
  return { dtype: "float32", shape, data: one === undefined ? normalArray(1, [name], count) : new Float32Array(count).fill(one) };
}
