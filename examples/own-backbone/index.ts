/**
 * A backbone of one's own, whose rules are in backbone.ts and nowhere else: checked by the contracts' suites, used without a bridge and
 * with one. It was not trained, so what it makes is noise; what is shown is that everything reaches it. Every sentence with a ✓ was checked.
 */
import { mkdir, readFile } from "node:fs/promises";
import { bridgeConfig, freshBridge, loadBridge } from "@foley-control/bridge";
import { FoleyError } from "@foley-control/core";
import { testAudioBackbone, testBridge, testTextEncoder, testVideoEncoder } from "@foley-control/core/testing";
import { loadMini } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { renderScene, writeScene } from "@foley-control/scenes/node";
import { prepareDataset, trainBridge } from "@foley-control/train/node";
import { backbone } from "./backbone.js";

function claim(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(`This does not hold: ${sentence}`);
  console.log(`✓ ${sentence}`);
}
const differ = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).some((value, i) => value !== b[i]);
const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return FoleyError.isInstance(error) ? error.message : "";
};

await using runtime = nodeRuntime({ device: "cpu" });

// 1. Do the parts keep their contracts?
const { encoder } = await loadMini();
const config = bridgeConfig(backbone, encoder);
const checks = [
  ...testAudioBackbone(() => backbone),
  ...testTextEncoder(() => backbone.text),
  ...backbone.streams.flatMap((stream) => testVideoEncoder(() => stream.encoder)),
  ...testBridge(() => ({ bridge: freshBridge(config, 1), denoiser: backbone.denoiser }), { tokenWidth: encoder.tokenWidth }),
];
for (const check of checks) await check.run(runtime);
claim(checks.length > 0, `backbone, its encoders and a bridge keep their contracts (${checks.length} checks)`);

// 2. Without a bridge it sees through its own streams.
await mkdir("out", { recursive: true });
const clips = ["out/one.mp4", "out/other.mp4"] as const;
for (const [i, path] of clips.entries())
  await writeScene(renderScene(40 + i, { classes: ["bounce"], imageSize: 64, seconds: 3 }), path, { mute: true });
{
  await using foley = await createFoley({ backbone, runtime });
  const ask = { prompt: "a frog", seed: 7, steps: 4 } as const;
  const one = await foley.generate({ ...ask, video: clips[0] });
  claim(one.audio.shape[2] === 3 * backbone.codec.sampleRate, "a clip of 3 s has a sound of 3 s, of the 30 s that are sampled");
  claim(
    one.diagnostics.settings.guidanceScale === 4.5 && one.diagnostics.latentFrames === 600,
    "it is sampled as the backbone says",
  );
  const again = await foley.generate({ ...ask, video: clips[0] });
  claim(!differ(one.audio.data, again.audio.data), "the same seed gives the same samples");
  claim(
    differ(one.audio.data, (await foley.generate({ ...ask, video: clips[1] })).audio.data),
    "another picture gives another sound",
  );
  claim(
    differ(one.audio.data, (await foley.generate({ ...ask, video: clips[0], prompt: "a duck" })).audio.data),
    "other words give another sound",
  );
  const unseen = await foley.generate({ ...ask, duration: 3 });
  const ignored = await foley.generate({ ...ask, video: clips[0], videoStrength: 0 });
  claim(!differ(unseen.audio.data, ignored.audio.data), "a picture of strength 0 is no picture");
  const meet = async (duration: number) => (await foley.generate({ ...ask, duration })).diagnostics.joints.length;
  claim((await meet(30)) === 0 && (await meet(31)) === 1, "30 s are sampled at once, 31 s in two windows");
  claim(
    /too short.*16 pictures/.test(await refusal(foley.generate({ ...ask, video: clips[0], duration: 0.3 }))),
    "less than it needs to see is refused",
  );
}

// 3. With a bridge at its sites, trained for a few steps on rendered scenes.
const data = "out/features";
const source = { scenes: 16, classes: ["strike", "bounce"] } as const;
await prepareDataset(runtime, { source, directory: data, parts: { backbone, encoder }, rules: [] });
const { file, ended } = await trainBridge(runtime, {
  backbone,
  data,
  directory: "out/bridge",
  heldOut: 4,
  plan: {
    steps: 6,
    batch: 4,
    learningRate: { kind: "constant", peak: 1e-3, warmUp: 2 },
    drop: { text: 0.3, clips: 0.1, tokens: 0 },
  },
});
claim(ended, "a bridge is trained, with silence where text is dropped");
const bridge = loadBridge(await readFile(file));
await using foley = await createFoley({ backbone, encoder, bridge, runtime });
const take = await foley.generate({ video: clips[0], prompt: "a frog", seed: 7, steps: 4 });
claim(take.diagnostics.videoTokens > 0 && take.audio.data.every(Number.isFinite), "it is used beside the backbone's own streams");
