/** The contracts' own suites on a miniature of TangoFlux, whose autoencoder is given an encoder that fits: the golden one has none. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, type PlainTensor } from "@foley-control/core";
import { testAudioBackbone, testTextEncoder } from "@foley-control/core/testing";
import { goldenPath } from "@foley-control/golden/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { writeSafetensors } from "@foley-control/weights";
import { openSafetensors } from "@foley-control/weights/node";
import { afterAll, beforeAll, describe, test } from "vitest";
import { openTangoflux } from "./release-folder.js";

const tiny = goldenPath("tangoflux/tangoflux-tiny");
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-tangoflux-"));
  await mkdir(join(folder, "flan-t5"));
  for (const file of ["config.json", "tangoflux.safetensors", "flan-t5/config.json", "flan-t5/tokenizer.json"])
    await copyFile(join(tiny, file), join(folder, file));
  const vae = await openSafetensors(join(tiny, "vae.safetensors"));
  const named: Record<string, PlainTensor> = {};
  for (const name of vae.names()) named[name] = (await vae.read(name)) as PlainTensor;
  const latents = named["decoder.conv1.weight_v"]?.shape[1] as number;
  for (const [name, value] of Object.entries(named)) {
    if (!name.startsWith("encoder.conv2.")) continue;
    const shape = [2 * latents, ...value.shape.slice(1)];
    const random = createRandom(1, name);
    const size = shape.reduce((product, count) => product * count, 1);
    named[name] = { dtype: "float32", shape, data: Float32Array.from({ length: size }, () => 0.1 * random.normal()) };
  }
  await writeFile(join(folder, "vae.safetensors"), writeSafetensors(named));
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe("text encoder", () => {
  for (const check of testTextEncoder(async () => (await openTangoflux(folder)).text)) test(check.name, () => check.run(runtime));
});

describe("backbone", () => {
  for (const check of testAudioBackbone(() => openTangoflux(folder))) test(check.name, () => check.run(runtime));
});
