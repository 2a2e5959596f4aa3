/** The text tower of LAION-CLAP from files: both ways of naming its tensors, and what is said of files that lack something. Its numbers are golden cases (parity). */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testTextEncoder } from "@foley-control/core/testing";
import { goldenPath } from "@foley-control/golden/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { writeSafetensors } from "@foley-control/weights";
import { openSafetensors } from "@foley-control/weights/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openClapText } from "./clap-folder.js";

const hub = goldenPath("clap-text/clap-text-tiny");
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let folder: string;
let laion: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-clap-"));
  laion = join(folder, "laion.safetensors");
  const file = await openSafetensors(join(hub, "model.safetensors"));
  const named = await Promise.all(
    file
      .names()
      .map(async (name) => [
        name
          .replace("text_model.", "module.text_branch.")
          .replace("text_projection.linear1", "module.text_projection.0")
          .replace("text_projection.linear2", "module.text_projection.2"),
        await file.read(name),
      ]),
  );
  await writeFile(laion, writeSafetensors(Object.fromEntries(named)));
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe("as a text encoder", () => {
  for (const check of testTextEncoder(() => openClapText(hub))) test(check.name, () => check.run(runtime));
});

test("LAION's names are read like the hub's, with RoBERTa's tokeniser beside them", async () => {
  await expect(openClapText(laion, { heads: 3 })).rejects.toMatchObject({
    code: "bad-file",
    message: expect.stringMatching(/no tokenizer\.json.*roberta-base/s),
  });
  await copyFile(join(hub, "tokenizer.json"), join(folder, "tokenizer.json"));
  const tokensOf = async (encoder: Awaited<ReturnType<typeof openClapText>>) => {
    const { ids, mask } = encoder.tokenise("rain on a roof");
    const rows = ids.length;
    const executable = await runtime.load(encoder.graph(), encoder.weights);
    const { tokens } = await executable.run({
      ids: { dtype: "int64", shape: [1, rows], data: ids },
      mask: { dtype: "float32", shape: [1, rows], data: mask },
    });
    await executable.dispose();
    return tokens?.data as Float32Array;
  };
  // With RoBERTa's own epsilon, which LAION's files do not say and the hub's configurations do.
  const same = join(folder, "hub");
  await mkdir(same);
  for (const name of ["model.safetensors", "tokenizer.json"]) await copyFile(join(hub, name), join(same, name));
  const said = await readFile(join(hub, "config.json"), "utf8");
  await writeFile(join(same, "config.json"), said.replace('"layer_norm_eps": 1e-12', '"layer_norm_eps": 1e-5'));
  const [mine, theirs] = [await openClapText(laion, { heads: 3 }), await openClapText(same)];
  expect(mine.id).toBe(theirs.id);
  expect(await tokensOf(mine)).toEqual(await tokensOf(theirs));
  expect(await tokensOf(mine)).not.toEqual(await tokensOf(await openClapText(hub)));
});

describe("is refused", () => {
  test("a folder without weights, by the files that it may have", () =>
    expect(openClapText(folder)).rejects.toThrow(/no model\.safetensors and no pytorch_model\.bin.*clap-htsat-unfused/s));
  test("another model's folder, by its field", async () => {
    await copyFile(join(hub, "model.safetensors"), join(folder, "model.safetensors"));
    await writeFile(join(folder, "config.json"), '{ "model_type": "t5" }');
    await expect(openClapText(folder)).rejects.toThrow(/of no CLAP: "model_type" is "t5"/);
  });
  test.each([
    ["hidden_act", "gelu_new"],
    ["pad_token_id", 0],
    ["position_embedding_type", "relative_key"],
  ])("a tower of another %s, by that field", async (field, value) => {
    const other = await mkdtemp(join(folder, "tower-"));
    for (const name of ["model.safetensors", "tokenizer.json"]) await copyFile(join(hub, name), join(other, name));
    const said = JSON.parse(await readFile(join(hub, "config.json"), "utf8"));
    await writeFile(
      join(other, "config.json"),
      JSON.stringify({ ...said, text_config: { ...said.text_config, [field]: value } }),
    );
    await expect(openClapText(other)).rejects.toThrow(new RegExp(`text_config\\.${field}`));
  });
  test("other weights, by a tensor", () =>
    expect(
      openClapText(goldenPath("encoders/dinov2-tiny/model.safetensors"), { tokeniser: join(hub, "tokenizer.json") }),
    ).rejects.toThrow(/no weights of LAION-CLAP.*text_branch/));
  test("a layer that it has not", () => expect(openClapText(hub, { layer: 4 })).rejects.toThrow(/states 0 to 3/));
});
