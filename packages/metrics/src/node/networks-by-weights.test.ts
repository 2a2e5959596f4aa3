/** What is kept on disk of one checkpoint must never be taken for what another of the same size would say. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import { encodeWav } from "@foley-control/media";
import { nodeRuntime } from "@foley-control/runtime/node";
import { readParameter } from "@foley-control/weights/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomWeights, strikes } from "../networks/small-networks.test-support.js";
import { vggishNetwork } from "../networks/vggish/network.js";
import { vggishShapes } from "../networks/vggish/shapes.test-support.js";
import { evaluateFolders } from "./evaluate-folders.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-weights-"));
  await mkdir(join(folder, "sounds"));
  for (const [name, time] of Object.entries({ a: 0.3, b: 0.7 }))
    await writeFile(join(folder, "sounds", `${name}.wav`), encodeWav({ sampleRate: 24000, channels: [strikes([time])] }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

const weights = randomWeights(vggishShapes([2, 2, 3, 3], 8));
const changed = async (source: ParameterSource, by: number): Promise<ParameterSource> => {
  const [first = "", ...others] = source.names();
  const tensor = (await readParameter(source, first)) as PlainTensor<"float32">;
  const moved: PlainTensor = { ...tensor, data: tensor.data.map((x, i) => (i === 7 ? x + by : x)) };
  const rest = await Promise.all(
    others.map(async (name): Promise<[string, PlainTensor]> => [name, await readParameter(source, name)]),
  );
  return memoryParameters(Object.fromEntries([[first, moved], ...rest]));
};

/** What made the features, as it is kept, and how much is kept now. */
async function kept(of: ParameterSource, { cache = true } = {}) {
  const [report] = await evaluateFolders({
    reference: join(folder, "sounds"),
    generated: { made: join(folder, "sounds") },
    preset: { id: "small", about: "One network.", seconds: 2, metrics: ["kad-vggish"], strict: true },
    runtime,
    networks: [vggishNetwork.open({ weights: of })],
    cache: cache ? join(folder, "features") : undefined,
  });
  return { madeBy: report?.madeBy, files: (await readdir(join(folder, "features"))).length };
}

test("one number of the weights tells two networks apart, equal weights do not", async () => {
  // Facts and VGGish of two sounds.
  const first = await kept(weights);
  expect(first).toEqual({ madeBy: [expect.stringMatching(/^vggish-128\/[0-9a-f]{16}\/2s$/)], files: 4 });
  expect(await kept(await changed(weights, 0))).toEqual(first);
  const other = await kept(await changed(weights, 1e-3));
  expect(other.madeBy).not.toEqual(first.madeBy);
  expect(other.files).toBe(6);
  expect((await kept(weights, { cache: false })).madeBy).toEqual(["vggish-128/2s"]);
});
