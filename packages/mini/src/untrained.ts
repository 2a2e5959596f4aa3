/** A small model that has learned nothing: the same networks with random weights, for tests and for trying the road. */
import { smallBackbone, smallBackboneConfig } from "@foley-control/audio-backbone";
import { bridgeConfig, bridgeParameters } from "@foley-control/bridge";
import {
  elementCount,
  float32ToFloat16,
  type Graph,
  memoryParameters,
  normalArray,
  type ParameterSource,
  type PlainTensor,
  type Shape,
} from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import { MOTION_ENCODER, type MotionEncoderConfig, motionEncoder } from "@foley-control/video-encoder";
import { MINI_FORMATS, type MiniModel, type MiniPart, type MiniSource, miniFromSources } from "./files.js";

/** Options of {@link untrainedMini}. */
export interface UntrainedOptions {
  /** Words of the text encoder. Default: a dozen. */
  readonly vocabulary?: readonly string[] | undefined;
  /** Seed of the weights. Default 1. */
  readonly seed?: number | undefined;
  /**
   * What is other than in the encoder that ships: without a second view, and in shorter windows, a clip is looked at in a part of the time.
   * Default: nothing.
   */
  readonly encoder?: Partial<Pick<MotionEncoderConfig, "window" | "context" | "mirroredNegative">> | undefined;
}

/** Words of an untrained model when none are given. */
export const UNTRAINED_VOCABULARY: readonly string[] = [
  "a",
  "ball",
  "bouncing",
  "drips",
  "footsteps",
  "glass",
  "metal",
  "on",
  "rain",
  "stone",
  "water",
  "wood",
];

/**
 * Builds an untrained model in memory. Unlike the start of a training no branch is silent, so prompt, video and seed all
 * have an effect on its output, which is noise. Nothing about it is worth hearing.
 */
export function untrainedMini(options: UntrainedOptions = {}): MiniModel {
  return miniFromSources(untrainedSources(options));
}

/** The three files of an untrained model as sources in memory; weights are float16 as in the files that ship. */
export function untrainedSources({
  vocabulary = UNTRAINED_VOCABULARY,
  seed = 1,
  encoder: other,
}: UntrainedOptions): Record<MiniPart, MiniSource> {
  const config = smallBackboneConfig(vocabulary);
  const none = memoryParameters({});
  const backbone = smallBackbone(none, config);
  const seeing = { ...MOTION_ENCODER, ...other };
  const encoder = motionEncoder(none, seeing);
  const { codec, text, denoiser } = backbone;
  const joined = bridgeConfig(backbone, encoder);
  const source = (
    part: MiniPart,
    wanted: readonly { readonly name: string; readonly shape: Shape }[],
    metadata: Record<string, unknown>,
  ): MiniSource => ({
    ...randomParameters(wanted, seed),
    metadata: {
      format: MINI_FORMATS[part],
      ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, JSON.stringify(value)])),
    },
  });
  const frames = 4;
  return {
    backbone: source(
      "backbone",
      wantedBy(
        codec.encodeGraph({ frames }),
        codec.decodeGraph({ frames }),
        text.graph(),
        backbone.conditionGraph({ frames }),
        denoiser.graph({ frames }),
      ),
      { config },
    ),
    encoder: source("encoder", wantedBy(encoder.graph({ frames: encoder.window })), { config: seeing }),
    bridge: source("bridge", bridgeParameters(joined), {
      config: joined,
      digests: { backbone: "", encoder: "" },
      training: {},
      trainedSeconds: 4,
    }),
  };
}

function wantedBy(...graphs: readonly Graph[]): readonly { readonly name: string; readonly shape: Shape }[] {
  const wanted = new Map<string, Shape>();
  for (const graph of graphs) for (const [name, value] of parametersOf(graph)) wanted.set(name, value.shape);
  return [...wanted].map(([name, shape]) => ({ name, shape }));
}

function randomParameters(wanted: readonly { readonly name: string; readonly shape: Shape }[], seed: number): ParameterSource {
  const tensors = wanted.map(({ name, shape }): [string, PlainTensor] => {
    const size = elementCount(shape);
    const data = new Float32Array(size);
    if (name.endsWith("scale") || name.endsWith("gamma") || (shape.length === 1 && name.endsWith("weight"))) data.fill(1);
    else if (!(name.endsWith("bias") || name.endsWith("beta") || name.endsWith("codec.mean"))) {
      const scale = name.endsWith("embedding.weight") ? 0.5 : 1 / Math.sqrt(elementCount(shape.slice(1)));
      data.set(normalArray(seed, ["untrained", name], size).map((value) => value * scale));
    }
    return [name, { dtype: "float16", shape, data: float32ToFloat16(data) }];
  });
  return memoryParameters(new Map(tensors));
}
