/** The denoiser of examples/own-denoiser, told by its description in place of code. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { memoryParameters } from "@foley-control/core";
import { testDenoiser } from "@foley-control/core/testing";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { smallBackbone, smallBackboneConfig } from "../small.js";
import { openOnnxBackbone } from "./onnx-file.js";

const example = fileURLToPath(new URL("../../../../examples/own-denoiser/", import.meta.url));
const base = smallBackbone(memoryParameters({}), smallBackboneConfig(["a"]));
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-onnx-"));
  await copyFile(join(example, "denoiser.onnx"), join(folder, "other.onnx"));
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

const opened = await openOnnxBackbone(join(example, "denoiser.onnx"), { base });
describe("as its description says", () => {
  for (const check of testDenoiser(() => opened.denoiser)) test(check.name, () => check.run(runtime));
  it("has sites as wide as the values, and text encoder and codec of its base", () => {
    expect(opened).toMatchObject({ id: "example/denoiser@1", codec: base.codec, text: base.text });
    expect(opened.denoiser).toMatchObject({ prediction: "flow", blocks: 3, latentChannels: base.codec.latentChannels });
    expect(opened.denoiser.sites(5)[2]).toMatchObject({ block: 2, width: 64, heads: 2, headWidth: 32, prefixTokens: 4 });
  });
  it("may be given other sites", async () => {
    const { denoiser } = await openOnnxBackbone(join(example, "denoiser.onnx"), { base, sites: ["add_507"] });
    expect(denoiser.blocks).toBe(1);
  });
});

const changed = async (change: object) => {
  const described = JSON.parse(await readFile(join(example, "denoiser.json"), "utf8")) as object;
  await writeFile(join(folder, "other.json"), JSON.stringify({ ...described, ...change }));
  return openOnnxBackbone(join(folder, "other.onnx"), { base });
};

it("takes sizes of any other name that an export leaves open", async () => {
  const other = { axes: { batch: "another" } };
  await expect(changed(other)).rejects.toThrow(/leaves the size of axis 0 open \("batch"\)/);
  expect((await changed({ ...other, sizes: { batch: 1 } })).denoiser.blocks).toBe(3);
});

describe("refuses", () => {
  it.each([
    [
      { sites: ["add_1"] },
      "invalid-argument",
      /has no value named "add_1"\. Sums that may be sites, in order: .*add_265 \(64 wide\)/,
    ],
    [{ heads: 3 }, "invalid-argument", /width 64, 3 heads/],
    [{ heads: undefined }, "bad-file", /description of the denoiser .*heads/],
    [{ prediction: "epsilon" }, "bad-file", /prediction/],
    [{ pace: 3 }, "bad-file", /pace/],
    [{ inputs: { x: "latents" } }, "invalid-argument", /has the inputs "t", "text", "duration", which nothing is put into/],
    [{ inputs: { x: "sound" } }, "invalid-argument", /of "sound", which there is not\. There are latents, time, context, global/],
    [{ output: { from: "__proto__", transpose: [0, 2, 1] } }, "invalid-argument", /of "__proto__", which there is not/],
    [{ output: "velocity" }, "shape-mismatch", /The prediction of "example\/denoiser@1"/],
  ])("%j", async (change, code, message) => {
    await expect(changed(change)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
  it("files that are missing or none", async () => {
    await expect(openOnnxBackbone(join(folder, "none.onnx"), { base })).rejects.toThrow(
      /none\.json" does not exist\. Write what/,
    );
    await writeFile(join(folder, "other.json"), "{");
    await expect(openOnnxBackbone(join(folder, "other.onnx"), { base })).rejects.toThrow(/other\.json" is no JSON/);
  });
});
