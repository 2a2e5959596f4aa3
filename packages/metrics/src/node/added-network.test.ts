/** A network of somebody else: described once, given in a list, and evaluated with a metric that needs it. Nothing of this package knows it. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { graph, input, linear, ops } from "@foley-control/graph";
import { encodeWav } from "@foley-control/media";
import {
  describeNetwork,
  evaluateFolders,
  findNetwork,
  hears,
  licenceNotice,
  meanMetric,
  metricNetworks,
  metricOf,
  type NetworkNeed,
  networkNeeds,
  openNetwork,
  plainMono,
  type Rows,
} from "@foley-control/metrics/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { afterAll, beforeAll, expect, test } from "vitest";

const RATE = 8000;

/** Hears how loud each quarter of a second is, and doubles it. */
const loudnessNetwork = describeNetwork({
  name: "loudness",
  releases: [
    {
      title: "Loudness of quarters",
      file: "loudness.safetensors",
      url: "https://example.org/loudness.safetensors",
      page: "https://example.org/loudness",
      licence: "CC-BY-NC 4.0",
      nonCommercial: true,
      checkpoint: { strip: ["model."] },
    },
  ],
  gives: { sound: { quarters: 8 } },
  open: ({ weights }) => ({
    sound: hears(
      {
        id: "loudness-1",
        weights,
        graph({ frames = 8 }) {
          const wave = input("wave", [frames, RATE / 4]);
          const loud = ops.reshape(ops.mean(ops.square(wave), [1]), [frames, 1]);
          return graph("loudness", [wave], { loud: ops.reshape(linear(loud, "gain", 1), [1, frames]) });
        },
      },
      (sound, seconds, run) => {
        const wave = plainMono(sound, seconds, RATE);
        return run({ frames: (4 * wave.length) / RATE }, { wave }, { quarters: "loud" });
      },
    ),
  }),
});

/** Largest difference between the quarters of both sounds. */
const quarterDifference = meanMetric(
  {
    id: "quarters",
    title: "Quarters",
    unit: "1",
    direction: "lower",
    needs: ["reference/quarters", "generated/quarters"],
    reference: "https://example.org/loudness",
  },
  (reference, generated) => {
    const [a, b] = [(reference as Rows).data, (generated as Rows).data];
    return Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] as number))));
  },
);

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-added-"));
  /** Half a second at an amplitude, and silence. */
  const sound = (amplitude: number) => ({
    sampleRate: RATE,
    channels: [Float32Array.from({ length: 2 * RATE }, (_, i) => (i < RATE / 2 ? amplitude * (i % 2 === 0 ? 1 : -1) : 0))],
  });
  for (const [side, amplitude] of Object.entries({ true: 0.5, made: 0.25 })) {
    await mkdir(join(folder, side));
    for (const name of ["a", "b"])
      await writeFile(join(folder, side, `${name}.wav`), encodeWav(sound(amplitude), { bits: "32f" }));
  }
  await mkdir(join(folder, "weights"));
  await writeSafetensorsFile(join(folder, "weights", "loudness.safetensors"), {
    "model.gain.weight": { dtype: "float32", shape: [1, 1], data: Float32Array.of(2) },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("is found, opened, said with its licence, run, kept and reported like those of the list", async () => {
  const networks = [...metricNetworks, loudnessNetwork];
  const metrics = [metricOf("kad-vggish"), quarterDifference];
  expect(networkNeeds(metrics, networks).map(({ network, metrics: ids }) => [network, ids])).toEqual([
    ["vggish", ["kad-vggish"]],
    ["loudness", ["quarters"]],
  ]);
  const found = await Promise.all(networks.map((network) => findNetwork(network, [folder, join(folder, "weights")])));
  const path = join(folder, "weights", "loudness.safetensors");
  expect(found).toEqual([...metricNetworks.map(() => undefined), path]);

  await using runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  const said: NetworkNeed[] = [];
  const evaluated = async () =>
    evaluateFolders({
      reference: join(folder, "true"),
      generated: { mine: join(folder, "made") },
      preset: { id: "own", about: "What somebody else measures.", seconds: 2, metrics: ["onset-f1-50ms"], strict: true },
      metrics: [quarterDifference],
      runtime,
      networks: [await openNetwork(loudnessNetwork, path)],
      cache: join(folder, "features"),
      onNetworks: (needs) => void said.push(...needs),
    });
  const [report] = await evaluated();
  // 2 · (0.5² − 0.25²).
  expect(report?.results[1]).toMatchObject({ id: "quarters", value: expect.closeTo(0.375, 6), clips: 2 });
  expect(report?.networks).toEqual(said);
  expect(said.map(({ release }) => licenceNotice(release))).toEqual([
    "Loudness of quarters (loudness.safetensors): CC-BY-NC 4.0, for NON-COMMERCIAL use only; see https://example.org/loudness",
  ]);
  expect(report?.madeBy).toContainEqual(expect.stringMatching(/^loudness-1\/[0-9a-f]{16}\/2s$/));
  expect(await evaluated()).toEqual([report]);
});
