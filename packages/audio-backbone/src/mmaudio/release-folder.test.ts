/** What is said of folders of MMAudio that lack something, or hold something else. The networks' numbers are golden cases (parity). */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VideoEncoder } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BIGVGAN_16K, checkBigVganConfig } from "./big-vgan.js";
import { openMmaudio } from "./release-folder.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-mmaudio-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const videoEncoder = () => Promise.reject(new Error("was asked"));
const put = async (from: string, to: string): Promise<void> => {
  await mkdir(join(folder, to, ".."), { recursive: true });
  await copyFile(goldenPath(`mmaudio/${from}`), join(folder, to));
};

describe("a folder of MMAudio", () => {
  it("without a network, or with two, is answered with what to give", async () => {
    await expect(openMmaudio(folder, { videoEncoder })).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringMatching(/no network of MMAudio.*mmaudio_small_16k/s),
    });
    for (const name of ["mmaudio_small_16k.pth", "mmaudio_small_44k.pth"]) await writeFile(join(folder, name), "");
    await expect(openMmaudio(folder, { videoEncoder })).rejects.toThrow(/2 networks.*Give the file of one/s);
  });

  it("that lacks a part says which, how large it is and where it is from", async () => {
    await put("mmaudio-tiny-16k/weights/mmaudio_small_16k.pth", "weights/mmaudio_small_16k.pth");
    await expect(openMmaudio(folder, { videoEncoder, heads: 2 })).rejects.toThrow(/lacks v1-16\.pth.*655 MiB, https:/s);
    await put("mmaudio-tiny-16k/ext_weights/v1-16.pth", "ext_weights/v1-16.pth");
    await put("mmaudio-tiny-16k/ext_weights/best_netG.pt", "ext_weights/best_netG.pt");
    await expect(openMmaudio(folder, { videoEncoder, heads: 2 })).rejects.toThrow(/lacks open_clip_config\.json.*3\.95 GB/s);
    // The network's file alone is enough to say which one is meant.
    const file = join(folder, "weights/mmaudio_small_16k.pth");
    await expect(openMmaudio(file, { videoEncoder, heads: 2 })).rejects.toThrow(/lacks open_clip_config\.json/);
  });

  it("whose CLIP lacks its weights or its words says how large they are and where they are from", async () => {
    await put("mmaudio-tiny-16k/weights/mmaudio_small_16k.pth", "weights/mmaudio_small_16k.pth");
    for (const name of ["v1-16.pth", "best_netG.pt"]) await put(`mmaudio-tiny-16k/ext_weights/${name}`, `ext_weights/${name}`);
    await put("mmaudio-tiny-encoders/synchformer_state_dict.pth", "ext_weights/synchformer_state_dict.pth");
    const seen = () => Promise.resolve({} as VideoEncoder);
    await put("mmaudio-tiny-encoders/open_clip_config.json", "clip/open_clip_config.json");
    await expect(openMmaudio(folder, { videoEncoder: seen, heads: 2 })).rejects.toThrow(
      /neither open_clip_model\.safetensors nor open_clip_pytorch_model\.bin.*3\.95 GB, https:\/\/huggingface\.co\/apple\/DFN5B/s,
    );
    await put("mmaudio-tiny-encoders/open_clip_pytorch_model.bin", "clip/open_clip_pytorch_model.bin");
    await expect(openMmaudio(folder, { videoEncoder: seen, heads: 2 })).rejects.toThrow(
      /clip lacks tokenizer\.json, the words of CLIP\. Put it there: 2 MB, https:\/\/huggingface\.co\/apple\/DFN5B/,
    );
  });

  it("goes by what is in the file, not by its name", async () => {
    await put("mmaudio-tiny-44k/weights/mmaudio_large_44k_v2.pth", "mmaudio_small_16k.pth");
    await expect(openMmaudio(folder, { videoEncoder, heads: 2 })).rejects.toThrow(/lacks v1-44\.pth/);
    await put("mmaudio-tiny-16k/ext_weights/v1-16.pth", "mmaudio_small_16k.pth");
    await expect(openMmaudio(folder, { videoEncoder, heads: 2 })).rejects.toMatchObject({
      code: "bad-weights",
      message: expect.stringContaining("audio_input_proj.0.weight"),
    });
  });
});

it.each([
  ["no object", [], /object/],
  ["a rate of 0", { ...BIGVGAN_16K, upsample_rates: [0, 4, 2, 2, 2, 2] }, /upsample_rates/],
  ["a rate of a million", { ...BIGVGAN_16K, upsample_rates: [1e6, 4, 2, 2, 2, 2] }, /upsample_rates/],
  [
    "more stages than kernels",
    { ...BIGVGAN_16K, upsample_rates: [4, 4] },
    /"upsample_rates" has 2 numbers, "upsample_kernel_sizes" 6/,
  ],
  [
    "dilations of one block only",
    { ...BIGVGAN_16K, resblock_dilation_sizes: [[1]] },
    /has 3 numbers, "resblock_dilation_sizes" 1 lists/,
  ],
  ["text for channels", { ...BIGVGAN_16K, upsample_initial_channel: "1536" }, /upsample_initial_channel/],
])("a configuration of BigVGAN with %s is refused by its field", (_, config, said) => {
  expect(checkBigVganConfig(config)).toMatch(said);
  expect(checkBigVganConfig(BIGVGAN_16K)).toBeUndefined();
});
