/** What MMAudio is given that is not as its authors had it: short clips, one picture, no sound, endless prompts, odd signs, damaged files. */
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeVideo } from "@foley-control/media/node";
import { openBackbone } from "@foley-control/models/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  letterTokeniser,
  SMALL_MMAUDIO,
  writeMmaudioRelease,
} from "../../../packages/models/src/node/mmaudio-release.test-support.js";

const runtime = nodeRuntime({ device: "cpu", worker: false });
let base: string;
let model: string;
let foley: Awaited<ReturnType<typeof createFoley>>;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "foley-mmaudio-input-"));
  model = join(base, "MMAudio");
  await writeMmaudioRelease(model, join(model, "clip"), SMALL_MMAUDIO);
  await writeFile(join(model, "clip/tokenizer.json"), JSON.stringify(letterTokeniser()));
  foley = await createFoley({ backbone: await openBackbone(model, { clip: false }), runtime });
});
afterAll(async () => {
  await foley.dispose();
  await runtime.dispose();
  await rm(base, { recursive: true, force: true });
});

/** A clip without sound, of so many pictures. */
async function clipOf(pictures: number, fps = 25): Promise<string> {
  const [path, size] = [join(base, `${pictures}-${fps}.mp4`), 64];
  const frames = Array.from({ length: pictures }, (_, i) => new Uint8Array(size * size * 3).fill(20 + 7 * i));
  await encodeVideo({ frames, width: size, height: size, fps }, path);
  return path;
}
const generate = (video: string, prompt: string) => foley.generate({ video, prompt, steps: 1, seed: 1 });

describe("clips", () => {
  it.each([
    ["without a sound stream", 16, 25, 0.64],
    ["shorter than the 0.64 s that Synchformer looks at, where the reference fails,", 10, 25, 0.4],
    ["of one picture that is shown for a second", 1, 1, 1],
    ["of one picture that is shown for a moment", 1, 25, 0.04],
  ])("%s get sound as long as they are", async (_, pictures, fps, seconds) => {
    const { audio, sampleRate } = await generate(await clipOf(pictures, fps), "rain");
    expect(audio.data.length).toBe(Math.round(seconds * sampleRate));
    expect(audio.data.every(Number.isFinite)).toBe(true);
    expect(audio.data.some((value) => value !== 0)).toBe(true);
  });
});

describe("prompts", () => {
  it("of 10,000 characters are cut at CLIP's 77 tokens", async () => {
    const clip = await clipOf(16);
    const [endless, further, other] = ["rain ".repeat(2000), `${"rain ".repeat(2000)}and thunder`, "thunder ".repeat(2000)];
    const heard = (await generate(clip, endless)).audio.data;
    expect((await generate(clip, further)).audio.data).toEqual(heard);
    expect((await generate(clip, other)).audio.data).not.toEqual(heard);
  });
  it("sound the same in plain signs and in those that ftfy makes plain", async () => {
    const clip = await clipOf(16);
    const plain = await generate(clip, `a "red" door & it's full fine`);
    expect((await generate(clip, "a &ldquo;red” door &amp;amp; it’s ＦＵＬＬ　ﬁne")).audio.data).toEqual(plain.audio.data);
  });
});

it("files that were cut off are named", async () => {
  for (const name of [
    "weights/mmaudio_small_16k.pth",
    "ext_weights/v1-16.pth",
    "ext_weights/best_netG.pt",
    "ext_weights/synchformer_state_dict.pth",
    "clip/open_clip_model.safetensors",
  ]) {
    const path = join(model, name);
    const whole = await readFile(path);
    await truncate(path, Math.floor(whole.length / 2));
    await expect(openBackbone(model)).rejects.toMatchObject({
      code: expect.stringMatching(/^bad-(?:file|weights)$/),
      message: expect.stringContaining(name.split("/")[1] as string),
    });
    await writeFile(path, whole);
  }
});
