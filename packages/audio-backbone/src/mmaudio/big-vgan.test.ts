/** What a `config.json` of BigVGAN may say; what it computes is golden cases (parity). */
import { expect, test } from "vitest";
import { BIGVGAN_16K, checkBigVganConfig } from "./big-vgan.js";

test("fields that make another network are read, and refused where it is not known", () => {
  const known = { resblock: "2", activation: "snake", snake_logscale: false, use_tanh_at_final: false, sampling_rate: 44_100 };
  expect(checkBigVganConfig({ ...BIGVGAN_16K, ...known })).toBeUndefined();
  expect(checkBigVganConfig({ ...BIGVGAN_16K, activation: "relu" })).toBe(
    '"activation" is "relu"; known are snake and snakebeta',
  );
  expect(checkBigVganConfig({ ...BIGVGAN_16K, resblock: "3" })).toContain('"resblock" is "3"');
  expect(checkBigVganConfig({ ...BIGVGAN_16K, snake_logscale: "no" })).toContain('"snake_logscale" is "no"');
});

test("stages whose frames have no whole number of samples are refused, and blocks that would shift the sound", () => {
  expect(checkBigVganConfig({ ...BIGVGAN_16K, upsample_kernel_sizes: [9, 8, 4, 4, 4, 4] })).toContain("not even");
  expect(checkBigVganConfig({ ...BIGVGAN_16K, upsample_kernel_sizes: [2, 8, 4, 4, 4, 4] })).toContain("not even");
  expect(checkBigVganConfig({ ...BIGVGAN_16K, resblock_kernel_sizes: [3, 6, 11] })).toContain("an even number");
});
