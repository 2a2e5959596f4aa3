/** A pipeline whose bridge reads two encoders: both look at the clip, one of them in windows that share time. */
import { sampledSeconds } from "@foley-control/audio-backbone";
import { bridgeConfig, createBridge, initialiseBridge } from "@foley-control/bridge";
import { memoryParameters, normalArray, type VideoEncoder } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { untrainedMini } from "@foley-control/mini";
import { nodeRuntime } from "@foley-control/runtime/node";
import { planSegments, wholeFrames } from "@foley-control/video-encoder";
import { afterAll, expect, it } from "vitest";
import { createFoley } from "./node.js";

const clip = goldenPath("clips/h264-aac.mp4");
const { backbone, encoder } = untrainedMini();
const other: VideoEncoder = { ...encoder, id: "other/overlapping@1", context: 0, step: encoder.window / 2 };
const runtime = nodeRuntime({ device: "cpu", worker: false });
afterAll(() => runtime.dispose());

/** A bridge that was opened, as training does. */
function bridgeOf(...encoders: readonly [VideoEncoder, ...VideoEncoder[]]) {
  const config = bridgeConfig(backbone, encoders, { adapterHidden: 8 });
  const start = initialiseBridge(config, 1);
  for (const [name, tensor] of Object.entries(start))
    if (name.endsWith("to_out.weight")) start[name] = { ...tensor, data: normalArray(2, [name], tensor.data.length) };
  return createBridge(config, memoryParameters(start));
}

const tokensOf = (one: VideoEncoder, seconds: number): number =>
  planSegments(wholeFrames(seconds, one.frameRate), one).reduce((sum, { tokens }) => sum + tokens, 0);

it("hands the bridge the tokens of both, each with its own layers", async () => {
  const asked = { video: clip, prompt: "a metal ball", seed: 3, steps: 1 } as const;
  await using both = await createFoley({ backbone, encoder, beside: [other], bridge: bridgeOf(encoder, other), runtime });
  await using one = await createFoley({ backbone, encoder, bridge: bridgeOf(encoder), runtime });
  const [made, alone] = [await both.generate(asked), await one.generate(asked)];
  const seconds = sampledSeconds(backbone, made.duration);
  expect(made.diagnostics.videoTokens).toBe(tokensOf(encoder, seconds) + tokensOf(other, seconds));
  expect(alone.diagnostics.videoTokens).toBe(tokensOf(encoder, seconds));
  expect(made.audio.data.some((value, i) => value !== alone.audio.data[i])).toBe(true);
});

it("refuses encoders that the bridge was not trained with, and one beside none", async () => {
  const bridge = bridgeOf(encoder, other);
  await expect(createFoley({ backbone, encoder, bridge, runtime })).rejects.toThrow(/number of video encoders 2, but 1/);
  await expect(createFoley({ backbone, encoder: other, beside: [encoder], bridge, runtime })).rejects.toThrow(/video encoder/);
  await expect(createFoley({ backbone, beside: [other], runtime })).rejects.toThrow(/beside one that is missing/);
});
