/** What is read of a CLIP's configuration, and what is refused by its field. */
import { expect, test } from "vitest";
import { readOpenClipConfig } from "./open-clip.js";

test("what is not said is as open_clip has it; a tower of another make has no heads here", () => {
  const said = { model_cfg: { vision_cfg: { head_width: 80 }, text_cfg: { heads: 12 }, quick_gelu: true } };
  expect(readOpenClipConfig(said)).toEqual({ activation: "quick-gelu", headWidth: 80, textHeads: 12 });
  expect(readOpenClipConfig({ model_cfg: { vision_cfg: {}, text_cfg: { hf_model_name: "roberta-base" } } })).toEqual({
    activation: "gelu",
    headWidth: 64,
    textHeads: undefined,
  });
});

test("colours are those that the release says", () => {
  const half = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.25], interpolation: "bicubic" };
  const model_cfg = { vision_cfg: {}, text_cfg: {} };
  expect(readOpenClipConfig({ model_cfg, preprocess_cfg: half })).toMatchObject({
    normalisation: { mean: half.mean, std: half.std },
    textHeads: 8,
  });
  expect(() => readOpenClipConfig({ model_cfg, preprocess_cfg: { ...half, mean: [0.5] } })).toThrow(/not of three colours/);
});

test.each([
  ["vision_cfg", "ls_init_value", 1e-5],
  ["vision_cfg", "pool_type", "avg"],
  ["vision_cfg", "norm_kwargs", { eps: 1e-6 }],
  ["text_cfg", "no_causal_mask", true],
  ["text_cfg", "qk_norm", true],
])("a tower that is another network is refused: %s.%s", (tower, field, value) => {
  const plain = { vision_cfg: {}, text_cfg: {} };
  expect(() => readOpenClipConfig({ model_cfg: { ...plain, [tower]: { [field]: value } } })).toThrow(
    `model_cfg.${tower}.${field} is`,
  );
  expect(readOpenClipConfig({ model_cfg: { ...plain, [tower]: { [field]: null } } }).activation).toBe("gelu");
});

test.each([
  [[], /object/],
  [{ model_cfg: {} }, /model_cfg\.vision_cfg/],
  [{ model_cfg: { vision_cfg: { head_width: 0 } } }, /head_width" is 0; a whole number from 1 to 4096/],
  [{ model_cfg: { vision_cfg: {}, text_cfg: { heads: "12" } } }, /text_cfg\.heads/],
])("%j is refused", (value, message) => {
  expect(() => readOpenClipConfig(value)).toThrow(message);
});
