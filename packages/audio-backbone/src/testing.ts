/** A miniature of the small backbone with random weights for the tests of this package. */
import { type AudioBackbone, createRandom, type Graph, memoryParameters, type ParameterSource } from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import { type SmallBackboneConfig, smallBackbone } from "./small.js";

const text = { vocabulary: ["a", "cup", "dog", "fall", "bark"], length: 5, width: 12, layers: 2, heads: 2 };

/** Every op of the small backbone at a fraction of its width. */
export const tinyConfig: SmallBackboneConfig = {
  codec: { sampleRate: 8000, frameHop: 32, framesPerLatent: 2, latentChannels: 6, width: 8, blocks: 2, phaseIterations: 2 },
  text,
  denoiser: {
    ioChannels: 6,
    embedDim: 64,
    depth: 2,
    numHeads: 2,
    condTokenDim: text.width,
    globalCondDim: text.width,
    projectCondTokens: true,
    qkNorm: "ln",
    feedForwardMultiple: 2,
    timestepFeatures: 8,
  },
  maxSeconds: 16,
};

/** Random numbers for every parameter of some graphs; norms about one, matrices of about unit gain, none zero. */
export function randomWeights(graphs: readonly Graph[], seed = 1): ParameterSource {
  const shapes = new Map(graphs.flatMap((graph) => [...parametersOf(graph)]));
  return memoryParameters(
    Object.fromEntries(
      [...shapes].map(([name, { shape }]) => {
        const random = createRandom(seed, name);
        const size = shape.reduce((product, n) => product * n, 1);
        const vector = shape.length === 1;
        const gain = vector ? 0.1 : Math.sqrt((shape[0] as number) / size);
        const data = Float32Array.from({ length: size }, () => gain * random.normal() + (vector ? 1 : 0));
        return [name, { dtype: "float32" as const, shape, data }];
      }),
    ),
  );
}

/** The miniature with numbers for all of its graphs. */
export function tinyBackbone(): AudioBackbone {
  const bare = smallBackbone(memoryParameters({}), tinyConfig);
  const frames = 4;
  return smallBackbone(
    randomWeights([
      bare.text.graph(),
      bare.conditionGraph({ frames }),
      bare.denoiser.graph({ frames }),
      bare.codec.encodeGraph({ frames }),
      bare.codec.decodeGraph({ frames }),
    ]),
    tinyConfig,
  );
}
