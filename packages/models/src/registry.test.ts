/** Which models are known, and which files of a listing are taken. */
import { parseModelReference } from "@foley-control/weights/node";
import { expect, it } from "vitest";
import { KNOWN_MODELS, type ModelKind, modelFiles } from "./registry.js";

it("every known model has an id that can be asked for, or an address, and what it needs is known", () => {
  const ids = KNOWN_MODELS.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(["stabilityai/stable-audio-open-1.0", "google-t5/t5-base", "vitl.pt"]));
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, url, kind, release } of KNOWN_MODELS) {
    if (url === undefined) expect(parseModelReference(id)).toMatchObject({ kind: "hub", repository: id });
    else expect(url.endsWith(`/${id}`)).toBe(true);
    expect(ids).toEqual(expect.arrayContaining([...(release.needs?.(modelFiles(kind, []).files) ?? [])]));
  }
});

const diffusers = [
  ...["transformer", "vae", "projection_model"].flatMap((part) => [
    `${part}/diffusion_pytorch_model.safetensors`,
    `${part}/config.json`,
  ]),
  ...[
    "text_encoder/model.safetensors",
    "text_encoder/config.json",
    "tokenizer/tokenizer.json",
    "tokenizer/tokenizer_config.json",
  ],
];
const third = [
  "model.safetensors",
  "model_config.json",
  ...["model.safetensors", "config.json", "tokenizer.json"].map((name) => `t5gemma-b-b-ul2/${name}`),
];
const parts = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"];

it.each<readonly [string, ModelKind, readonly string[], readonly string[]]>([
  [
    "a release that has everything twice: the safetensors of its own layout",
    "audio-backbone",
    ["model.ckpt", "model.safetensors", "model_config.json", "vae_model.ckpt", "LICENSE.md", ...diffusers],
    ["model.safetensors", "model_config.json"],
  ],
  [
    "a checkpoint, where it is all there is",
    "audio-backbone",
    ["model.ckpt", "model_config.json"],
    ["model.ckpt", "model_config.json"],
  ],
  ["a Stable Audio 3, with its text encoder", "audio-backbone", ["LICENSE.md", ...third], third],
  ["the layout of diffusers", "audio-backbone", ["model_index.json", ...diffusers], diffusers],
  [
    "a T5 without its other formats",
    "text-encoder",
    ["config.json", "model.safetensors", "pytorch_model.bin", "spiece.model", "tf_model.h5", "tokenizer.json"],
    ["model.safetensors", "config.json", "tokenizer.json"],
  ],
  [
    "what is used where it is there, first",
    "video-encoder",
    ["config.json", "model.safetensors", "video_preprocessor_config.json"],
    ["video_preprocessor_config.json", "model.safetensors", "config.json"],
  ],
  ["weights in parts", "video-encoder", [...parts, "config.json"], [...parts, "config.json"]],
  ["a bridge of any name, if it is alone", "bridge", ["README.md", "mine.safetensors"], ["mine.safetensors"]],
  ["a bridge among others", "bridge", ["bridge.safetensors", "optimiser.safetensors"], ["bridge.safetensors"]],
])("%s", (_, kind, there, files) => {
  expect(modelFiles(kind, there)).toEqual({ files, missing: [] });
});

it.each<readonly [string, ModelKind, readonly string[], readonly string[]]>([
  ["nothing at all: the first layout", "audio-backbone", [], third],
  ["the nearest layout", "audio-backbone", diffusers.slice(1), diffusers.slice(0, 1)],
  ["a part", "text-encoder", [...parts.slice(1), "config.json", "tokenizer.json"], parts.slice(0, 1)],
  ["two parts of three", "video-encoder", [parts[0] as string, parts[2] as string, "config.json"], parts.slice(1, 2)],
  ["one of several that might be the bridge", "bridge", ["a.safetensors", "b.safetensors"], ["bridge.safetensors"]],
])("lacks %s", (_, kind, there, missing) => {
  expect(modelFiles(kind, there).missing).toEqual(missing);
});
