/** A denoiser that begins with an older model's weights. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMALL_BACKBONE_FILE, SMALL_BACKBONE_FORMAT, smallBackboneConfig } from "@foley-control/audio-backbone";
import { float32ToFloat16, type PlainTensor } from "@foley-control/core";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { expect, test } from "vitest";
import { warmStart } from "./warm-start.js";

const tensor = (shape: readonly number[], value: (i: number) => number): PlainTensor<"float32"> => ({
  dtype: "float32",
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)),
});
const half = ({ shape, data }: PlainTensor<"float32">): PlainTensor => ({
  dtype: "float16",
  shape,
  data: float32ToFloat16(data),
});

test("takes what fits, words by their names, and what reads or writes latents from the same codec alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "foley-warm-"));
  try {
    const config = JSON.stringify(smallBackboneConfig(["ball", "water"]));
    const old = {
      "text.embedding.weight": half(tensor([4, 2], (i) => i + 1)),
      "transformer.layers.0.a": half(tensor([2], () => 5)),
      "transformer.layers.0.b": half(tensor([2], () => 6)),
      "transformer.project_in.weight": half(tensor([2, 2], () => 7)),
      "codec.mean": tensor([2], (i) => i / 3),
    };
    await writeSafetensorsFile(join(folder, SMALL_BACKBONE_FILE), old, { format: SMALL_BACKBONE_FORMAT, config });
    const fresh = {
      "text.embedding.weight": tensor([5, 2], () => -1),
      "transformer.layers.0.a": tensor([2], () => -1),
      "transformer.layers.0.b": tensor([3], () => -1),
      "transformer.project_in.weight": tensor([2, 2], () => -1),
      "transformer.layers.1.a": tensor([2], () => -1),
    };
    const vocabulary = ["apple", "ball", "water"];
    const start = await warmStart(fresh, folder, { vocabulary, codec: { "codec.mean": tensor([2], (i) => i) } });
    expect(Object.fromEntries(Object.entries(start).map(([name, { data }]) => [name, [...data]]))).toEqual({
      "text.embedding.weight": [1, 2, 3, 4, -1, -1, 5, 6, 7, 8],
      "transformer.layers.0.a": [5, 5],
      "transformer.layers.0.b": [-1, -1, -1],
      "transformer.project_in.weight": [-1, -1, -1, -1],
      "transformer.layers.1.a": [-1, -1],
    });
    const again = await warmStart(fresh, folder, { vocabulary, codec: { "codec.mean": tensor([2], (i) => i / 3) } });
    expect(again["transformer.project_in.weight"]?.data).toEqual(Float32Array.of(7, 7, 7, 7));
    await expect(warmStart(fresh, join(folder, "none"), { vocabulary: [], codec: {} })).rejects.toThrow(/none/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
