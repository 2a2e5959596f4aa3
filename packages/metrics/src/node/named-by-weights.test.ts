/** What is kept on disk of one checkpoint must never be taken for what another of the same size would say. */
import { memoryParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import { readParameter } from "@foley-control/weights/node";
import { expect, test } from "vitest";
import { smallSynchformer } from "../evaluate/small-networks.test-support.js";
import { namedByWeights } from "./named-by-weights.js";

const network = smallSynchformer().audio;
const changed = async (source: ParameterSource, by: number): Promise<ParameterSource> => {
  const [first = "", ...others] = source.names();
  const tensor = (await readParameter(source, first)) as PlainTensor<"float32">;
  const moved: PlainTensor = { ...tensor, data: tensor.data.map((x, i) => (i === 7 ? x + by : x)) };
  const rest = await Promise.all(
    others.map(async (name): Promise<[string, PlainTensor]> => [name, await readParameter(source, name)]),
  );
  return memoryParameters(Object.fromEntries([[first, moved], ...rest]));
};
const idOf = async (weights: ParameterSource) =>
  (await namedByWeights({ networks: { synchformer: { ...network, weights } } })).networks?.synchformer?.id;

test("one number of the weights tells two networks apart, equal weights do not", async () => {
  const id = await idOf(network.weights);
  expect(id).toContain(network.id);
  expect(await idOf(await changed(network.weights, 0))).toBe(id);
  expect(await idOf(await changed(network.weights, 1e-3))).not.toBe(id);
});

test("so does what scales a score; what is not given stays away", async () => {
  const scaled = (mean: number) => ({ CE: { mean, std: 1 } }) as never;
  const named = async (mean: number) =>
    (await namedByWeights({ networks: { synchformer: network, audioboxTransform: scaled(mean) } })).networks;
  expect((await named(1))?.synchformer?.id).not.toBe((await named(2))?.synchformer?.id);
  expect((await named(1))?.audioboxTransform).toEqual(scaled(1));
  expect(await namedByWeights({})).toEqual({ networks: undefined, pictureNetworks: undefined, textNetworks: undefined });
});
