/** What configurations of Stable Audio 3 and of its text encoder may say, and what is refused; numbers are golden cases (parity). */
import { goldenJson } from "@foley-control/golden/node";
import { expect, test } from "vitest";
import { readT5GemmaConfig } from "../text/t5gemma-config.js";
import { readStableAudio3Config } from "./config.js";
import { TINY } from "./release.test-support.js";

interface Fields {
  [name: string]: Fields;
}

/** The file with some fields of another value. */
function changed(file: string, change: (fields: Fields) => void): unknown {
  const fields = structuredClone(goldenJson<Fields>(`${TINY}/${file}`));
  change(fields);
  return fields;
}

const halves = (by: object) => (fields: Fields) => {
  const { encoder, decoder } = fields["model"]?.["pretransform"]?.["config"] ?? {};
  for (const half of [encoder, decoder]) Object.assign(half?.["config"] ?? {}, by);
};
const sound = (by: object) => readStableAudio3Config(changed("model_config.json", halves(by)));
const words = (by: object) =>
  readT5GemmaConfig(changed("t5gemma-b-b-ul2/config.json", ({ encoder }) => Object.assign(encoder ?? {}, by)));

test("an autoencoder of an odd number of blocks, or of whole chunks of odd patches, is read as it is", () => {
  expect(
    sound({ transformer_depths: [3], ff_mult: 2, mapping_bias: false, conv_mapping: true }).autoencoder.encoder,
  ).toMatchObject({
    depth: 3,
    feedForwardMultiple: 2,
    mappingBias: false,
    mappingTaps: 3,
    rowsLearned: 1,
  });
  expect(() => sound({ chunk_size: 48 })).toThrow(/chunk_size 48 is no whole number of latents whose rows can be halved/);
  expect(() => sound({ chunk_size: 40 })).toThrow(/chunk_size 40 is no whole number/);
});

test("parts that would be left out without a word are refused by their names", () => {
  for (const part of ["layer_scale", "conformer", "feat_scale", "cross_attn"])
    expect(() => sound({ [part]: true })).toThrow(new RegExp(`encoder\\.config\\.${part}`));
  const coder = (change: (fields: Fields) => void) =>
    readStableAudio3Config(changed("model_config.json", ({ model }) => change(model?.["pretransform"]?.["config"] ?? {})));
  expect(() => coder(({ decoder }) => Object.assign(decoder ?? {}, { soft_clip: true }))).toThrow(/decoder\.soft_clip/);
  expect(() => coder(({ pretransform }) => Object.assign(pretransform?.["config"] ?? {}, { oversampling: 2 }))).toThrow(
    /pretransform\.config\.oversampling/,
  );
  expect(() => words({ rope_parameters: { sliding_attention: { rope_theta: 1e6 } } })).toThrow(/sliding_attention/);
  expect(() => words({ rope_parameters: { rope_type: "default", rope_theta: 1e6 } })).toThrow(/rope_parameters\.rope_theta/);
  expect(() => words({ rope_parameters: { rope_type: "linear", rope_theta: 10_000, factor: 2 } })).toThrow(/rope_type/);
  expect(words({ rope_parameters: { rope_type: "default", rope_theta: 10_000 } }).layers).toBe(3);
});

test("a network needs no memory rows, and heads that halve evenly", () => {
  const network = (by: object) =>
    readStableAudio3Config(changed("model_config.json", ({ model }) => Object.assign(model?.["diffusion"]?.["config"] ?? {}, by)))
      .transformer;
  expect(network({ num_memory_tokens: 0 }).memoryTokens).toBe(0);
  expect(network({ num_memory_tokens: undefined }).memoryTokens).toBe(0);
  expect(() => network({ embed_dim: 140 })).toThrow(/half of heads of 70 is no even number/);
});
