/** Sizes of the release; the numbers are checked by the golden cases `ms-clap-tiny` and of `metrics/lengths`. */
import { memoryParameters, type ParameterSource } from "@foley-control/core";
import { flopsOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import { countOf, type Shapes, shapesOnly } from "../shapes.test-support.js";
import { randomWeights } from "../small-networks.test-support.js";
import { msClapAudio, msClapText } from "./ms-clap.js";
import { msAudioShapes, msTextShapes } from "./shapes.test-support.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

const release: Shapes = {
  ...msAudioShapes(96, [2, 2, 6, 2], [4, 8, 16, 32], 1024),
  ...msTextShapes(768, 12, 1024, 50_257),
  logit_scale: [],
  "audio_encoder.base.htsat.bn0.num_batches_tracked": [],
  "audio_encoder.base.htsat.layers.0.blocks.1.attn_mask": [64, 64, 64],
  "audio_encoder.base.htsat.layers.0.blocks.1.attn.relative_position_index": [64, 64],
  "audio_encoder.base.htsat.tscam_conv.weight": [527, 768, 2, 3],
  "audio_encoder.base.htsat.head.weight": [527, 527],
  "caption_encoder.base.h.11.attn.bias": [1, 1, 1024, 1024],
  "caption_encoder.base.h.11.attn.masked_bias": [],
};

describe("the release", () => {
  test("has as many parameters as the original", () => {
    expect(countOf(release, /^audio_encoder\.base/) / 31.3e6).toBeCloseTo(1, 1);
    expect(countOf(release, /^caption_encoder\.base\.(?!.*attn\.(masked_)?bias)/) / 124.4e6).toBeCloseTo(1, 3);
    expect(countOf(release, /^audio_encoder\.projection/) / 1.8e6).toBeCloseTo(1, 1);
  });

  test("hears and reads into one space, for as many operations as the original", () => {
    const [audio, text] = [msClapAudio(shapesOnly(release)), msClapText(shapesOnly(release))];
    expect(audio.graph({ batch: 2 }).outputs["embedding"]?.shape).toEqual([2, 1024]);
    expect(text.graph({ batch: 3 }).outputs["embedding"]?.shape).toEqual([3, 1024]);
    // The original takes its spectra and bands inside the network, as convolutions.
    const frontEnd = 2 * 965 * (1024 * 2 * 513 + 513 * 64);
    expect((flopsOf(audio.graph({})) + frontEnd) / 14.1e9).toBeCloseTo(1, 1);
    expect(flopsOf(text.graph({})) / 13.1e9).toBeCloseTo(1, 1);
    expect([audio.id, text.id]).toEqual(["ms-clap-htsat-96-1024", "ms-clap-gpt2-768-1024"]);
  });
});

describe("sounds that are longer than the square", () => {
  test("are the mean of pieces of 689 frames, one every 344, as the reference hears them", async () => {
    const random = randomWeights(msAudioShapes(8, [2, 2], [1, 2], 16));
    const positive = memoryParameters({ variance: { dtype: "float32", shape: [64], data: new Float32Array(64).fill(200) } });
    const weights: ParameterSource = {
      names: random.names,
      get: (name) => (name.endsWith("running_var") ? positive.get("variance") : random.get(name)),
    };
    const { graph } = msClapAudio(weights);
    // Rises through the bands and becomes louder.
    const loudness = (frame: number, band: number) => -60 + frame / 20 + (Math.abs(band - frame / 22) < 4 ? 50 : 0);
    const mel = (frames: number, from = 0) => ({
      dtype: "float32" as const,
      shape: [1, 1, frames, 64],
      data: Float32Array.from({ length: frames * 64 }, (_, i) => loudness(from + Math.floor(i / 64), i % 64)),
    });
    const hear = async (frames: number, from = 0): Promise<Float32Array> => {
      const network = await runtime.load(graph({ frames }), weights);
      const { raw } = await network.run({ mel: mel(frames, from) });
      await network.dispose();
      return raw?.data as Float32Array;
    };
    // 1378 frames: pieces from 0 and 344; a third, from 688, would end with the sound.
    const [whole, first, second] = [await hear(1378), await hear(689), await hear(689, 344)];
    const mean = first.map((value, i) => (value + (second[i] as number)) / 2);
    expect(Math.max(...whole.map((value, i) => Math.abs(value - (mean[i] as number))))).toBeLessThan(1e-5);
    expect(Math.max(...first.map((value, i) => Math.abs(value - (second[i] as number))))).toBeGreaterThan(1e-3);
    expect(graph({ frames: 1025 }).outputs["raw"]?.shape).toEqual([1, 16]);
  });
});

describe("other weights", () => {
  test("one half needs nothing of the other", () => {
    expect(() => msClapAudio(shapesOnly(msAudioShapes(8, [2, 2], [1, 2], 16)))).not.toThrow();
    expect(() => msClapText(shapesOnly(msTextShapes(64, 1, 16, 100)))).not.toThrow();
    expect(() => msClapText(shapesOnly(msTextShapes(24, 1, 16, 100)))).toThrow(/Give the option heads/);
    expect(() => msClapText(shapesOnly(msAudioShapes(8, [2, 2], [1, 2], 16)))).toThrow(/no weights of MS-CLAP.*caption_encoder/);
  });

  test("missing and unknown tensors of a half are named", () => {
    const { "caption_encoder.base.h.7.mlp.c_fc.bias": _, ...rest } = release;
    expect(() => msClapText(shapesOnly({ ...rest, "caption_encoder.base.score.weight": [1] }))).toThrow(
      /h\.7\.mlp\.c_fc\.bias.*score/,
    );
  });
});
