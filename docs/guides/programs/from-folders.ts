import { stableAudioOpen } from "@foley-control/audio-backbone/node";
import { bridgeFromSource } from "@foley-control/bridge";
import { createFoley } from "@foley-control/pipeline/node";
import { vjepa2 } from "@foley-control/video-encoder/node";
import { openSafetensors } from "@foley-control/weights/node";

const file = await openSafetensors("./my-bridge.safetensors");
const foley = await createFoley({
  backbone: await stableAudioOpen("./stable-audio-open-1.0", { t5: "./t5-base" }),
  encoder: await vjepa2("./vjepa2-vitl-fpc64-256"),
  bridge: bridgeFromSource(file, file.metadata),
  runtime: { device: "auto" }, // or "cpu", "cuda"
});
const take = await foley.generate({
  video: "clip.mp4",
  prompt: "footsteps on gravel",
  seed: 7,
  steps: 20, // for a first try; left out, as many as the authors take
  onProgress: (event) => event.type === "step-end" && console.log(`step ${event.index + 1} of ${event.count}`),
});
await take.saveVideo("clip.foley.mp4");
await foley.dispose();
