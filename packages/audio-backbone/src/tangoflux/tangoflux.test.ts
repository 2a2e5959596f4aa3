/** TangoFlux from a folder: the places of a bridge, and what is said of folders that lack something. Its numbers are golden cases (parity). */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AudioBackbone,
  type BridgeSite,
  memoryParameters,
  parameterTensor,
  type StoredParameter,
} from "@foley-control/core";
import { goldenJson, goldenPath } from "@foley-control/golden/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { parseSafetensors } from "@foley-control/weights";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeText } from "../condition.js";
import { tangofluxCodec } from "./autoencoder.js";
import { readTangofluxConfig } from "./config.js";
import { openTangoflux } from "./release-folder.js";

const tiny = goldenPath("tangoflux/tangoflux-tiny");
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let base: string;
let backbone: AudioBackbone;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "foley-tangoflux-"));
  backbone = await openTangoflux(tiny);
});
afterAll(async () => {
  await runtime.dispose();
  await rm(base, { recursive: true, force: true });
});

/** Every file of the release but some, in a folder of its own. */
async function copied(name: string, without: readonly string[] = []): Promise<string> {
  const folder = join(base, name);
  await mkdir(join(folder, "flan-t5"), { recursive: true });
  const files = ["config.json", "tangoflux.safetensors", "vae.safetensors", "flan-t5/config.json", "flan-t5/tokenizer.json"];
  for (const file of files) if (!without.includes(file)) await copyFile(join(tiny, file), join(folder, file));
  return folder;
}

describe("a bridge", () => {
  test("has a place in each block, at the middles of the latents, on rows of sound alone", () => {
    const { num_layers, num_single_layers, audio_seq_len } = goldenJson<Record<string, number>>(
      "tangoflux/tangoflux-tiny/config.json",
    );
    const seen: (readonly [BridgeSite, readonly number[]])[] = [];
    const frames = audio_seq_len as number;
    backbone.denoiser.graph({
      frames,
      rows: { tokens: 5 },
      hook: (x, site) => {
        seen.push([site, x.shape]);
        return x;
      },
    });
    expect(seen.map(([site]) => site)).toEqual(backbone.denoiser.sites(frames));
    expect(seen).toHaveLength((num_layers as number) + (num_single_layers as number));
    for (const [site, shape] of seen) {
      expect(shape).toEqual([1, frames, site.width]);
      expect(site.seconds).toHaveLength(frames);
      expect(site.seconds[3]).toBeCloseTo((3.5 * 2048) / 44_100, 9);
    }
  });
});

describe("blocks", () => {
  test("of one stream may be none: what the last double block does to the text is in the file and unread", async () => {
    const folder = await copied("double", ["tangoflux.safetensors"]);
    const said = goldenJson<Record<string, unknown>>("tangoflux/tangoflux-tiny/config.json");
    await writeFile(join(folder, "config.json"), JSON.stringify({ ...said, num_single_layers: 0 }));
    const whole = parseSafetensors(await readFile(join(tiny, "tangoflux.safetensors")));
    const kept = whole.names().filter((name) => !name.startsWith("transformer.single_transformer_blocks."));
    const tensors = Object.fromEntries(kept.map((name) => [name, parameterTensor(name, whole.get(name) as StoredParameter)]));
    await writeSafetensorsFile(join(folder, "tangoflux.safetensors"), tensors);
    expect((await openTangoflux(folder)).denoiser.sites(4)).toHaveLength(1);
  });
  test("of both kinds may not be none", () =>
    expect(() => readTangofluxConfig({ num_layers: 0, num_single_layers: 0 })).toThrow(
      /num_layers and num_single_layers are both 0/,
    ));
});

describe("lengths", () => {
  test("are always as many latents; what can be heard is what can be asked for", () => {
    expect(backbone.frames(0.1)).toBe(20);
    expect(backbone.frames(0.9)).toBe(20);
    expect(backbone.seconds.maximum).toBeCloseTo((20 * 2048) / 44_100, 9);
  });
  test("of texts end where the tokeniser of the release says", async () => {
    const folder = await copied("fewer");
    await writeFile(join(folder, "flan-t5/tokenizer_config.json"), JSON.stringify({ model_max_length: 24 }));
    expect((await openTangoflux(folder)).text.rowsFor?.(["rain ".repeat(2000)])).toBe(24);
    await writeFile(join(folder, "flan-t5/tokenizer_config.json"), JSON.stringify({ model_max_length: 1e30 }));
    expect((await openTangoflux(folder)).text.length).toBe(512);
  });
  test("and sizes that a configuration leaves out are those of the authors' class", () => {
    const released = { doubleBlocks: 6, singleBlocks: 18, heads: 8, textWidth: 1024, frames: 645, maximumSeconds: 30 };
    expect(readTangofluxConfig({})).toMatchObject(released);
  });
  test("of texts are those of the longest, and rows of padding are not zero", async () => {
    const rows = backbone.text.rowsFor?.(["rain", "", "A dog barks twice"]) as number;
    expect(rows).toBe(backbone.text.rowsFor?.(["A dog barks twice"]));
    expect(backbone.text.rowsFor?.([""])).toBe(1);
    expect(backbone.text.rowsFor?.(["rain ".repeat(2000)])).toBe(512);
    const { tokens, mask } = await encodeText(
      backbone,
      async ({ build, weights }, inputs) => {
        const executable = await runtime.load(build(), weights);
        return executable.run(inputs).finally(() => executable.dispose());
      },
      "rain",
      rows,
    );
    expect(mask.data.at(-1)).toBe(0);
    expect(tokens.data.slice(-(tokens.shape[2] as number)).some((value) => value !== 0)).toBe(true);
  });
});

describe("is refused", () => {
  test.each(["config.json", "tangoflux.safetensors", "vae.safetensors"])("a folder without %s, by its name", async (file) =>
    expect(openTangoflux(await copied(`without-${file}`, [file]))).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringContaining(`has no ${file}`),
    }),
  );
  test("a folder without a tokeniser, by what to get", async () =>
    expect(openTangoflux(await copied("words", ["flan-t5/tokenizer.json"]))).rejects.toThrow(
      /tokeniser of flan-t5-large was not found.*its weights are not needed/s,
    ));
  test("a configuration of another width than the tensors, by tensor; one whose positions cannot be, by field", async () => {
    const said = goldenJson<Record<string, unknown>>("tangoflux/tangoflux-tiny/config.json");
    const folder = await copied("other");
    await writeFile(join(folder, "config.json"), JSON.stringify({ ...said, num_attention_heads: 2 }));
    await expect(openTangoflux(folder)).rejects.toMatchObject({
      code: "bad-weights",
      message: expect.stringContaining("transformer."),
    });
    await writeFile(join(folder, "config.json"), JSON.stringify({ ...said, attention_head_dim: 64 }));
    await expect(openTangoflux(folder)).rejects.toThrow(/attention_head_dim is 64; 128 was expected/);
  });
  test.each([
    ["num_attention_heads", 2 ** 20],
    ["audio_seq_len", 2 ** 20],
    ["text_encoder_name", ".."],
  ])("a configuration whose %s no model has", (field, value) => {
    const said = goldenJson<Record<string, unknown>>("tangoflux/tangoflux-tiny/config.json");
    expect(() => readTangofluxConfig({ ...said, [field]: value })).toThrow(field);
  });

  test("an autoencoder whose blocks have odd taps, and one without blocks", () => {
    const shapes: Record<string, readonly number[]> = { "decoder.conv2": [2, 4, 7], "decoder.conv1": [8, 4, 7] };
    const source = (more: typeof shapes) => {
      const all = { ...shapes, ...more };
      const zeros = Object.entries(all).map(([name, shape]) => {
        const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
        return [`${name}.weight_v`, { dtype: "float32", shape, data }] as const;
      });
      return memoryParameters(Object.fromEntries(zeros));
    };
    expect(() => tangofluxCodec(source({}))).toThrow(/has no blocks/);
    expect(() => tangofluxCodec(source({ "decoder.block.0.conv_t1": [8, 4, 5] }))).toThrow(/5 taps, which must be even/);
  });

  test("to encode with an autoencoder whose halves do not fit, as the miniature's", () => {
    expect(() => backbone.codec.encodeGraph({ frames: 2 })).toThrow(/gives 4 channels.*latents of 64, of which 128/);
    expect(backbone.codec.decodeGraph({ frames: 2 }).outputs["audio"]?.shape).toEqual([1, 2, 4096]);
  });
});
