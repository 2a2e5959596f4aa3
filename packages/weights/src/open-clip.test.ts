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

test.each([
  [[], /object/],
  [{ model_cfg: {} }, /model_cfg\.vision_cfg/],
  [{ model_cfg: { vision_cfg: { head_width: 0 } } }, /head_width" is 0; a whole number from 1 to 4096/],
  [{ model_cfg: { vision_cfg: {}, text_cfg: { heads: "12" } } }, /text_cfg\.heads/],
])("%j is refused", (value, message) => {
  expect(() => readOpenClipConfig(value)).toThrow(message);
});
