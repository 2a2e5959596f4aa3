/** Stable Audio 3 from a folder: what is read from it, what is refused, and pieces that are exact. The networks' numbers are golden cases. */
import { cp, mkdtemp, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { type Executable, memoryParameters, normalArray, type PlainTensor } from "@foley-control/core";
import { formulaWeights } from "@foley-control/golden";
import { goldenJson, goldenModel } from "@foley-control/golden/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { openSafetensors } from "@foley-control/weights/node";
import { afterAll, describe, expect, test } from "vitest";
import { decodeInPieces, planDecode } from "../codec/decode-plan.js";
import { BACKBONE_RELEASES } from "../releases.js";
import { toldLatents } from "./known-latents.js";
import { stableAudio3Backbone } from "./release.js";
import { stableAudio3Folder, TINY } from "./release.test-support.js";
import { stableAudio3 } from "./release-folder.js";

const { at, changed } = stableAudio3Folder();
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

test("a post-trained release needs few steps and no guidance; a base release many, and a bridge of it fits the other", async () => {
  const tuned = await stableAudio3(at());
  const base = await stableAudio3(
    await changed(({ model }) => {
      model.diffusion.diffusion_objective = "rectified_flow";
    }),
  );
  expect(tuned.sampling?.(100)).toMatchObject({ solver: "pingpong", steps: 8, guidanceScale: 1, shift: { length: 36 } });
  expect(base.sampling?.(100)).toMatchObject({ solver: "euler", steps: 50, guidanceScale: 7, projection: 1 });
  expect(base.id).toBe(tuned.id);
  expect(base.denoiser.sites(7)[1]).toEqual(tuned.denoiser.sites(7)[1]);
});

test("latents go six seconds behind a clip, as far as the network does", async () => {
  const { frames, seconds, codec, denoiser } = await stableAudio3(at());
  expect([frames(1.5), frames(10), frames(119)]).toEqual([17 + 64, 108 + 64, 1292]);
  expect(seconds.maximum).toBeCloseTo(120.0007, 3);
  const [site] = denoiser.sites(3);
  expect([site?.prefixTokens, site?.seconds[0]]).toEqual([8, codec.hop / codec.sampleRate / 2]);
});

test("is told from Stable Audio Open by what its configuration says", async () => {
  const found = { file: undefined, files: ["model_config.json", "model.safetensors"] };
  const [third, first] = [BACKBONE_RELEASES.stableAudio3, BACKBONE_RELEASES.stableAudioOpen];
  const names = Object.values<unknown>(BACKBONE_RELEASES);
  expect(names.indexOf(third)).toBeLessThan(names.indexOf(first));
  const says = (name: string) => ({ ...found, json: () => Promise.resolve(goldenJson<unknown>(`${name}/model_config.json`)) });
  expect(await third.recognises(says(TINY))).toBe(true);
  expect(await third.recognises(says("sao/sao-tiny"))).toBe(false);
});

describe("a folder that is not whole", () => {
  test.each([
    ["model.safetensors", /model\.safetensors is missing: .*2\.3 GB.*stable-audio-3-small-sfx/s],
    ["t5gemma-b-b-ul2/tokenizer.json", /tokenizer\.json is missing: .*34 MB/s],
    ["t5gemma-b-b-ul2/model.safetensors", /model\.safetensors is missing: the text encoder, 1\.2 GB/s],
    ["model_config.json", /model_config\.json is missing/],
  ])("without %s says what that is", async (file, said) => {
    const folder = await mkdtemp(at("parts-"));
    for (const name of ["model.safetensors", "model_config.json", "t5gemma-b-b-ul2"])
      await cp(at(name), join(folder, name), { recursive: true });
    await rm(join(folder, file));
    await expect(stableAudio3(folder)).rejects.toMatchObject({ code: "bad-file" });
    await expect(stableAudio3(folder)).rejects.toThrow(said);
  });

  test("whose weights end early is refused", async () => {
    const folder = await changed(() => undefined);
    await truncate(join(folder, "model.safetensors"), 1_000_000);
    await expect(stableAudio3(folder)).rejects.toMatchObject({ code: expect.stringMatching(/^bad-/) });
  });
});

test("what other models of its kind have is refused by its field", async () => {
  const refused = async (change: Parameters<typeof changed>[0]) => stableAudio3(await changed(change));
  await expect(
    refused(({ model }) => {
      model.diffusion.config.attn_kwargs.differential = true;
    }),
  ).rejects.toThrow(/attn_kwargs\.differential/);
  await expect(
    refused(({ model }) => {
      model.pretransform.config.decoder.config.sinusoidal_blocks = [8];
    }),
  ).rejects.toThrow(/sinusoidal_blocks/);
  await expect(
    refused(({ model }) => {
      model.pretransform.config.decoder.config.chunk_size = 48;
    }),
  ).rejects.toThrow(/chunk_size/);
  await expect(
    refused(({ model }) => {
      model.diffusion.config.embed_dim = 56;
    }),
  ).rejects.toThrow(/rotated/);
});

test.each<readonly [string, (coder: object, network: object) => void, RegExp]>([
  ["chunks", (coder) => Object.assign(coder, { chunk_size: 2 ** 22 }), /chunk_size/],
  ["strides", (coder) => Object.assign(coder, { strides: [2 ** 22] }), /strides/],
  ["heads of the autoencoder", (coder) => Object.assign(coder, { channels: 2 ** 16, dim_heads: 2 ** 16 }), /dim_heads/],
  ["rows", (_, network) => Object.assign(network, { embed_dim: 2 ** 24 }), /embed_dim/],
  ["heads", (_, network) => Object.assign(network, { embed_dim: 2 ** 16, num_heads: 2 }), /heads of 32768 are wider/],
])("a file that says of its %s what no model has is refused before tables are made", async (_, change, said) => {
  const folder = await changed(({ model }) => {
    const { encoder, decoder } = model.pretransform.config;
    for (const coder of [encoder.config, decoder.config]) change(coder, model.diffusion.config);
  });
  await expect(stableAudio3(folder)).rejects.toMatchObject({ code: "bad-file", message: expect.stringMatching(said) });
});

test("missing, unknown and mis-shaped tensors are named", async () => {
  const key = "model.model.transformer.layers.1.to_local_embed.2.weight";
  const weights = await openSafetensors(at("t5gemma-b-b-ul2/model.safetensors"));
  const folder = `${TINY}/t5gemma-b-b-ul2`;
  const t5gemma = { config: goldenJson(`${folder}/config.json`), tokenizer: goldenJson(`${folder}/tokenizer.json`), weights };
  const opened = (change: (tensors: ReturnType<typeof formulaWeights>) => void) => () => {
    const tensors = formulaWeights(goldenModel(TINY));
    change(tensors);
    return stableAudio3Backbone({ config: goldenJson(`${TINY}/model_config.json`), weights: memoryParameters(tensors), t5gemma });
  };
  expect(opened(() => undefined)).not.toThrow();
  expect(opened((tensors) => delete tensors[key])).toThrow(`1 missing ("${key}")`);
  const one = { dtype: "float32" as const, shape: [1], data: new Float32Array(1) };
  expect(opened((tensors) => Object.assign(tensors, { "model.model.extra": one }))).toThrow(/model\.model\.extra/);
  expect(opened((tensors) => Object.assign(tensors, { [key]: one }))).toThrow(/is \[1\], expected \[128, 128\]/);
});

test("pieces of a long sound are the whole, for an even and an odd number of latents", async () => {
  const { codec } = await stableAudio3(at());
  const loaded = new Map<number, Executable>();
  const decode = async (piece: PlainTensor<"float32">) => {
    const frames = piece.shape[2] as number;
    const executable = loaded.get(frames) ?? (await runtime.load(codec.decodeGraph({ frames }), codec.weights));
    loaded.set(frames, executable);
    return (await executable.run({ latents: piece }))["audio"] as PlainTensor<"float32">;
  };
  for (const frames of [24, 25]) {
    const shape = [1, codec.latentChannels, frames];
    const data = normalArray(1, ["latents"], codec.latentChannels * frames);
    const latents: PlainTensor<"float32"> = { dtype: "float32", shape, data };
    const whole = await decode(latents);
    const pieces = { ...codec, decodeChunk: 14 };
    const plan = planDecode(pieces, frames);
    expect(plan.length).toBeGreaterThan(2);
    expect(new Set(plan.map(({ from, to }) => to - from)).size).toBe(1);
    const joined = await decodeInPieces(pieces, latents, decode);
    const worst = joined.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (whole.data[i] as number))), 0);
    expect(worst).toBeLessThan(1e-5);
  }
});

test("known latents are told with a mask before them", () => {
  const latents: PlainTensor<"float32"> = { dtype: "float32", shape: [1, 2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  expect(toldLatents({ latents, known: [1, 0, 1] }).data).toEqual(Float32Array.of(1, 0, 1, 1, 0, 3, 4, 0, 6));
  expect(() => toldLatents({ latents, known: [1] })).toThrow(/3 latents were given/);
});
