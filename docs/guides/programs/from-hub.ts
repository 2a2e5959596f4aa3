import { openParts } from "@foley-control/models/node";
import { createFoley } from "@foley-control/pipeline/node";

// With the T5 that it needs. Both are in the cache after the first time, and nobody is asked for them again.
const parts = await openParts(
  { backbone: "stabilityai/stable-audio-open-1.0" },
  { onNotice: console.log, onProgress: console.log },
);
const foley = await createFoley(parts);
const take = await foley.generate({ prompt: "rain on a tin roof", duration: 4, steps: 20 });
await take.saveAudio("rain.wav");
await foley.dispose();
