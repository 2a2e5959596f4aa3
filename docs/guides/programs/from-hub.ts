import { stableAudioOpen } from "@foley-control/audio-backbone/node";
import { createFoley } from "@foley-control/pipeline/node";
import { fetchModel } from "@foley-control/weights/node";

// Both are in the cache after the first time; `preferCached` then asks nobody.
const sound = await fetchModel("stabilityai/stable-audio-open-1.0", { preferCached: true, onProgress: console.log });
const text = await fetchModel("google-t5/t5-base", { preferCached: true });
await using foley = await createFoley({ backbone: await stableAudioOpen(sound.directory, { t5: text.directory }) });
const take = await foley.generate({ prompt: "rain on a tin roof", duration: 4, steps: 20 });
await take.saveAudio("rain.wav");
