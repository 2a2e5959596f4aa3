/** A miniature backbone and encoder with random weights for the tests of this package. */
import { type SmallBackboneConfig, smallBackbone } from "@foley-control/audio-backbone";
import {
  type AudioBackbone,
  createRandom,
  type Graph,
  memoryParameters,
  mergeParameters,
  type ParameterSource,
  type VideoEncoder,
} from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import { motionEncoder } from "@foley-control/video-encoder";
import { type BridgeConfig, bridgeConfig } from "../config.js";

const text = { vocabulary: ["a", "cup", "falls"], length: 4, width: 12, layers: 1, heads: 2 };

/** Every op of the small backbone at a tenth of its width. */
export const tinyBackboneConfig: SmallBackboneConfig = {
  codec: { sampleRate: 24000, frameHop: 32, framesPerLatent: 2, latentChannels: 6, width: 8, blocks: 1, phaseIterations: 1 },
  text,
  denoiser: {
    ioChannels: 6,
    embedDim: 64,
    depth: 2,
    numHeads: 2,
    condTokenDim: text.width,
    globalCondDim: text.width,
    projectCondTokens: true,
    qkNorm: "none",
    feedForwardMultiple: 1,
    timestepFeatures: 8,
  },
  maxSeconds: 16,
};

/** Random numbers for every parameter of some graphs; none is zero. */
export function randomWeights(graphs: readonly Graph[], seed = 1): ParameterSource {
  const shapes = new Map(graphs.flatMap((graph) => [...parametersOf(graph)]));
  return memoryParameters(
    Object.fromEntries(
      [...shapes].map(([name, { shape }]) => {
        const random = createRandom(seed, name);
        const size = shape.reduce((product, n) => product * n, 1);
        const gain = shape.length > 1 ? Math.sqrt(1 / (size / (shape[0] as number))) : 0.3;
        const data = Float32Array.from({ length: size }, () => gain * random.normal() + (shape.length === 1 ? 1 : 0));
        return [name, { dtype: "float32" as const, shape, data }];
      }),
    ),
  );
}

/** The two parts that a bridge joins. */
export function smallParts(): {
  readonly backbone: AudioBackbone;
  readonly encoder: VideoEncoder;
  readonly bridgeOf: (options?: Parameters<typeof bridgeConfig>[2]) => BridgeConfig;
} {
  const none = memoryParameters({});
  const bare = smallBackbone(none, tinyBackboneConfig);
  const weights = mergeParameters(randomWeights([bare.denoiser.graph({ frames: 4 })]));
  const backbone = smallBackbone(weights, tinyBackboneConfig);
  const encoder = motionEncoder(none);
  return { backbone, encoder, bridgeOf: (options) => bridgeConfig(backbone, encoder, options) };
}
