/** Names and shapes of every release, as the network of each name reads them. */
import { audioboxShapes } from "./audiobox/shapes.test-support.js";
import { imagebindShapes } from "./imagebind/shapes.test-support.js";
import { laionAudioShapes, laionTextShapes } from "./laion-clap/shapes.test-support.js";
import { msAudioShapes, msTextShapes } from "./ms-clap/shapes.test-support.js";
import { pannsShapes } from "./panns/shapes.test-support.js";
import { passtShapes } from "./passt/shapes.test-support.js";
import type { Shapes } from "./shapes.test-support.js";
import { synchformerShapes } from "./synchformer/shapes.test-support.js";
import { vggishShapes } from "./vggish/shapes.test-support.js";

/** By the name of the network. */
export const releaseShapes: Readonly<Record<string, Shapes>> = {
  vggish: vggishShapes(),
  panns: pannsShapes(),
  passt: passtShapes(),
  imagebind: { ...imagebindShapes("vision", 1280, 32, 1024), ...imagebindShapes("audio", 768, 12, 1024) },
  synchformer: synchformerShapes(),
  "laion-clap": {
    ...laionAudioShapes(128, [2, 2, 12, 2], [4, 8, 16, 32], 512),
    ...laionTextShapes(768, 12, 512, 50_265),
  },
  "ms-clap": { ...msAudioShapes(96, [2, 2, 6, 2], [4, 8, 16, 32], 1024), ...msTextShapes(768, 12, 1024, 50_257) },
  audiobox: audioboxShapes(),
};
