/**
 * The golden cases that are as wide as the released networks (`@foley-control/golden`), each as one graph whose output is the network's and
 * nothing else: what is measured must not be kept in float32 because a case wants to look at it.
 */
import { diffusionTransformer, oobleckDecoder, readT5Config, t5EncoderStates } from "@foley-control/audio-backbone";
import { type Graph, memoryParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import { asTensor, cut, formulaWeights, type GoldenCase, type Numbers } from "@foley-control/golden";
import { goldenCase } from "@foley-control/golden/node";
import { graph, input } from "@foley-control/graph";
import { oobleckHalfOf, transformerOf } from "@foley-control/parity";
import { framePool, inferVjepa2Config, tokenGrid, visionTransformer } from "@foley-control/video-encoder";

/** A network of real width with what it is fed and what it should give. */
export interface RealWidthCase {
  /** Name of the golden case. */
  readonly name: string;
  /** Its one output is called `y`. */
  readonly graph: Graph;
  /** float32, in memory. */
  readonly weights: ParameterSource;
  /** What is fed. */
  readonly feeds: Readonly<Record<string, PlainTensor>>;
  /** What the reference computed in float32; without it, what is computed here in float32 stands for that. */
  readonly expected: Numbers | undefined;
  /** The part of `y` that `expected` has. */
  part(y: Numbers): Numbers;
}

type Made = Omit<RealWidthCase, "name" | "weights">;

/** Cases by name, smallest first. */
export const REAL_WIDTH_CASES = [
  "t5-base-width",
  "sao-small-real-block",
  "sao-real-block",
  "oobleck-real-decoder",
  "vjepa2-l-block",
  "vjepa2-g-block",
] as const;

/** Reads a case. */
export function realWidthCase(name: (typeof REAL_WIDTH_CASES)[number]): RealWidthCase {
  const folder = name.startsWith("vjepa2") ? "vjepa2" : "sao";
  const golden = goldenCase(`${folder}/${name}`);
  const weights = memoryParameters(formulaWeights(golden.file));
  const make = name.startsWith("t5") ? t5 : name.startsWith("sao") ? transformer : name.startsWith("oobleck") ? decoder : vjepa2;
  return { name, weights, ...make(golden, weights) };
}

const whole = (y: Numbers) => y;

function t5(golden: GoldenCase): Made {
  const { ids: list, realTokens, ...rest } = golden.file.config;
  const count = (list as number[]).length;
  const [ids, mask] = [input("ids", [1, count], "int64"), input("mask", [1, count])];
  const y = t5EncoderStates(readT5Config(rest), ids, mask);
  return {
    graph: graph("t5", [ids, mask], { y }),
    feeds: {
      ids: { dtype: "int64", shape: [1, count], data: BigInt64Array.from(list as number[], BigInt) },
      mask: { dtype: "float32", shape: [1, count], data: new Float32Array(count).fill(1, 0, realTokens) },
    },
    expected: golden.stored("out.hidden"),
    part: (states) =>
      cut(states, [
        [0, 1, 1],
        [0, realTokens, 1],
        [0, states.shape[2] as number, 1],
      ]),
  };
}

function transformer(golden: GoldenCase): Made {
  const config = transformerOf(golden);
  const given = { latents: golden.input("x"), time: golden.input("t"), context: golden.input("ctx"), global: golden.input("g") };
  const inputs = {
    latents: input("latents", given.latents.shape),
    time: input("time", given.time.shape),
    context: input("context", given.context.shape),
    global: input("global", given.global.shape),
  };
  return {
    graph: graph("transformer", Object.values(inputs), { y: diffusionTransformer(config, inputs) }),
    feeds: Object.fromEntries(Object.entries(given).map(([name, numbers]) => [name, asTensor(numbers)])),
    expected: golden.stored("out.v"),
    part: whole,
  };
}

function decoder(golden: GoldenCase): Made {
  const z = golden.input("z");
  const latents = input("latents", z.shape);
  const y = oobleckDecoder(latents, oobleckHalfOf(golden));
  return {
    graph: graph("decoder", [latents], { y }),
    feeds: { latents: asTensor(z) },
    expected: golden.stored("out.y"),
    part: whole,
  };
}

function vjepa2(golden: GoldenCase, weights: ParameterSource): Made {
  const config = inferVjepa2Config(weights, { heads: golden.file.config.heads });
  const clip = golden.input("pixel_values_videos");
  const pixels = input("pixels", clip.shape);
  const [, frames, , height, width] = clip.shape as readonly [number, number, number, number, number];
  const y = framePool(visionTransformer(pixels, config).tokens, tokenGrid(config, frames, height, width));
  return {
    graph: graph("encoder", [pixels], { y }),
    feeds: { pixels: asTensor(clip) },
    expected: golden.stored("pooled_frame"),
    part: whole,
  };
}
