/** A codec that sees the whole clip first and makes its sound piece by piece then: the sound is the one that it makes at once. */
import type { AudioCodec, GraphValue, ProgressEvent } from "@foley-control/core";
import { testAudioCodec } from "@foley-control/core/testing";
import { graph, input, ops } from "@foley-control/graph";
import { untrainedMini } from "@foley-control/mini";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, expect, it } from "vitest";
import { createFoley } from "../node.js";

const native = nodeRuntime({ device: "cpu", worker: false });
afterAll(() => native.dispose());
const mini = untrainedMini();

/** The codec of the small model as two halves: all of the sound, folded into a column for each latent, and that unfolded. */
function staged(codec: AudioCodec): AudioCodec {
  const { channels, hop } = codec;
  return {
    ...codec,
    decodeContext: 0,
    decodeChunk: 9,
    decodeStages: {
      whole({ frames, batch = 1 }) {
        const { inputs, outputs } = codec.decodeGraph({ frames, batch });
        const rows = ops.reshape(outputs["audio"] as GraphValue, [batch, channels, frames, hop]);
        const features = ops.reshape(ops.transpose(rows, [0, 1, 3, 2]), [batch, channels * hop, frames]);
        return graph("whole", inputs, { features });
      },
      piece({ frames, batch = 1 }) {
        const features = input("features", [batch, channels * hop, frames]);
        const rows = ops.transpose(ops.reshape(features, [batch, channels, hop, frames]), [0, 1, 3, 2]);
        return graph("piece", [features], { audio: ops.reshape(rows, [batch, channels, frames * hop]) });
      },
    },
  };
}

it("is heard as one that decodes at once, and says how far it is", async () => {
  const codec = staged(mini.backbone.codec);
  for (const check of testAudioCodec(() => codec)) if (/chunk|rates/.test(check.name)) await check.run(native);
  const request = { duration: 2, prompt: "a metal ball", steps: 2, seed: 3 } as const;
  await using plain = await createFoley({ ...mini, runtime: native });
  await using pieces = await createFoley({ ...mini, backbone: { ...mini.backbone, codec }, runtime: native });
  const heard: ProgressEvent[] = [];
  const [one, other] = [
    await plain.generate(request),
    await pieces.generate({ ...request, onProgress: (event) => heard.push(event) }),
  ];
  expect(other.audio.data).toEqual(one.audio.data);
  expect(heard.filter(({ type }) => type === "decode-progress").length).toBeGreaterThan(8);
});
