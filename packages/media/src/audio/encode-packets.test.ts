/** An encoder that says that it can, and then does not start. */
import { expect, it } from "vitest";
import { loadNativeCodecs } from "../node/native.js";
import { encodePackets } from "./encode-packets.js";
import { pcmSource } from "./pcm-source.js";
import { streamOf } from "./sound-stream.js";

const native = await loadNativeCodecs();

it.skipIf(!native).each([
  [9, undefined],
  [1, 10_000_000],
  [2, 100],
])("Opus of %s channels at %s bit/s is refused by a sentence", async (count, bitrate) => {
  const pcm = { sampleRate: 48_000, channels: Array.from({ length: count }, () => new Float32Array(9600)) };
  const encoding = encodePackets(streamOf(pcmSource(pcm, "pcm")), "opus", { bitrate });
  await expect(encoding).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringMatching(new RegExp(`No opus encoder here takes ${count} channels at 48000 Hz and \\d+ bit/s`)),
  });
});
