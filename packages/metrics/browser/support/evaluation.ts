/** What both sides compute: distances of made-up features, and an evaluation through a small VGGish. */
import { createRandom, type Runtime } from "@foley-control/core";
import {
  evaluateSystems,
  frechetDistance,
  kernelAudioDistance,
  metricOf,
  networkFeatures,
  plainSoundFeatures,
  type Sound,
  vggishNetwork,
} from "@foley-control/metrics";
import { randomWeights, strikes } from "../../src/networks/small-networks.test-support.js";
import { vggishShapes } from "../../src/networks/vggish/shapes.test-support.js";

/** A Fréchet distance by eigenvalues, one by singular values, and a kernel distance. */
export function distances(): Readonly<Record<string, number>> {
  const rows = (seed: number, count: number, width: number) => {
    const random = createRandom(seed, "features");
    return { count, width, data: Float64Array.from({ length: count * width }, () => random.normal() + 0.1 * seed) };
  };
  return {
    many: frechetDistance(rows(1, 300, 70), rows(2, 280, 70)),
    few: frechetDistance(rows(3, 20, 70), rows(4, 25, 70)),
    kernel: kernelAudioDistance(rows(1, 90, 16), rows(2, 80, 16)).distance,
  };
}

/** Two clips, of which one comes 60 ms late. */
export async function evaluation(runtime: Runtime): Promise<Readonly<Record<string, number | undefined>>> {
  const heard = (times: readonly number[]): Sound => ({
    channels: [strikes(times, { seconds: 2, rate: 16_000 })],
    sampleRate: 16_000,
  });
  const source = (name: string, sound: Sound) => ({ digest: () => Promise.resolve(name), read: () => Promise.resolve(sound) });
  const clip = (name: string, truth: readonly number[], made: readonly number[]) => ({
    name,
    reference: source(`${name} true`, heard(truth)),
    generated: new Map([["made", source(`${name} made`, heard(made))]]),
  });
  const network = vggishNetwork.open({ weights: randomWeights(vggishShapes([2, 2, 3, 3], 8)) });
  const hear = [...networkFeatures([network], { runtime, seconds: 2 }).hear, plainSoundFeatures(2)];
  const ids = ["kad-vggish", "onset-f1-50ms", "onset-f1-100ms", "envelope-correlation"];
  const [report] = await evaluateSystems(["made"], [clip("a", [0.4, 1.1], [0.4, 1.1]), clip("b", [0.7, 1.5], [0.76, 1.56])], {
    metrics: ids.map(metricOf),
    hear,
  });
  for (const features of hear) await features.dispose();
  return Object.fromEntries((report?.results ?? []).map(({ id, value }) => [id, value]));
}
