/** What every network says of itself holds for the release: features, their widths, where its weights are, whose they are. */
import type { Graph, Picture, PlainTensor, Runtime } from "@foley-control/core";
import { describe, expect, test } from "vitest";
import { networkFeatures } from "../evaluate/network-features.js";
import { networkNeeds } from "../evaluate/network-needs.js";
import type { FeatureMaker } from "../features/makers.js";
import { metrics } from "../metrics/list.js";
import type { Rows } from "../statistics/rows.js";
import { metricNetworks } from "./list.js";
import { licenceNotice } from "./release.js";
import { releaseShapes } from "./release-shapes.test-support.js";
import { shapesOnly } from "./shapes.test-support.js";
import { NUMBERED, numbered, strikes } from "./small-networks.test-support.js";

const SECONDS = 5;

/** A runtime whose graphs say nothing but zeros, of the right shapes, when they are fed what they ask for. */
const zeros = {
  load: (graph: Graph) =>
    Promise.resolve({
      run(feeds: Readonly<Record<string, PlainTensor>>) {
        for (const { name = "", shape } of graph.inputs) {
          const { shape: given, data } = feeds[name] as PlainTensor;
          expect([given, data.length]).toEqual([shape, shape.reduce((a, b) => a * b, 1)]);
        }
        const made = Object.entries(graph.outputs).map(([name, { shape }]): [string, PlainTensor] => [
          name,
          { dtype: "float32", shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
        ]);
        return Promise.resolve(Object.fromEntries(made));
      },
      dispose: () => Promise.resolve(),
    }),
} as unknown as Runtime;

const sound = { channels: [strikes([1, 2], { seconds: SECONDS })], sampleRate: 24000 };
const frames: readonly Picture[] = Array.from({ length: 25 * SECONDS }, (_, i) => ({ rgb: numbered(i), ...NUMBERED }));
/** A vocabulary of one letter, with each tokeniser's own name for an end. */
const tokeniser = {
  version: "1.0",
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: null,
  decoder: { type: "ByteLevel" },
  model: {
    type: "BPE",
    vocab: { "<s>": 0, "<pad>": 1, "</s>": 2, "<|endoftext|>": 3, "!": 4, a: 5, Ġ: 6 },
    merges: [],
    continuing_subword_prefix: "",
    end_of_word_suffix: "",
  },
};

describe.each(metricNetworks.map((network) => [network.name, network] as const))("%s", (name, network) => {
  const opened = network.open({ weights: shapesOnly(releaseShapes[name] ?? {}), ...(network.tokeniser && { tokeniser }) });

  test("gives the features that it names, as wide as it says", async () => {
    const { hear, see, read, join } = networkFeatures([opened], { runtime: zeros, seconds: SECONDS });
    const widths = async <Source>(makers: readonly FeatureMaker<Source>[], source: Source) => {
      if (makers.length === 0) return undefined;
      const [maker] = makers as readonly [FeatureMaker<Source>];
      const rows = Object.entries(await maker.compute(source));
      return Object.fromEntries(rows.map(([feature, { width }]) => [feature, width]));
    };
    const parts = Array.from({ length: 2 }, (_, i): Rows => {
      const width = network.gives[i === 0 ? "video" : "sound"]?.[name] ?? 0;
      return { count: 14, width, data: new Float32Array(14 * width) };
    });
    expect({
      sound: await widths(hear, sound),
      video: await widths(see, frames),
      text: await widths(read, "a"),
      pair: await widths(join, parts),
    }).toEqual({ sound: undefined, video: undefined, text: undefined, pair: undefined, ...network.gives });
  });

  test("has weights that somebody publishes, under a licence that is said, for a metric that needs them", () => {
    for (const release of network.releases) {
      expect(release.url).toMatch(/^https:\/\//);
      expect(licenceNotice(release)).toContain(release.licence);
    }
    expect(networkNeeds(metrics).find((need) => need.network === name)?.release).toBe(network.releases[0]);
    expect(() => network.open({ weights: shapesOnly({ "conv1.weight": [64, 3, 7, 7] }) })).toThrow(/no weights of/);
  });
});

test("names of networks and of features are one network's only", () => {
  const features = metricNetworks.flatMap(({ gives }) =>
    Object.entries(gives).flatMap(([sense, made]) => Object.keys(made).map((feature) => `${sense}/${feature}`)),
  );
  for (const all of [metricNetworks.map(({ name }) => name), features]) expect(new Set(all).size).toBe(all.length);
});

test("what is kept of a network is kept under its size, its weights, what scales scores, and the seconds that count", () => {
  const opened = metricNetworks.map((network) =>
    network.open({ weights: shapesOnly(releaseShapes[network.name] ?? {}), ...(network.tokeniser && { tokeniser }) }),
  );
  const digests = new Map(opened.map((one) => [one, "0123456789abcdef0123"]));
  const ids = (from: typeof opened) => {
    const { hear, see, read } = networkFeatures(from, { runtime: zeros, seconds: 8, digests });
    return [...hear, ...see, ...read].map(({ id }) => id);
  };
  expect(ids(opened)).toEqual([
    "vggish-128/0123456789abcdef/8s",
    "panns-cnn14-16k-2048/0123456789abcdef/8s",
    "passt-s-12x768/0123456789abcdef/8s",
    "imagebind-12x768/audio/0123456789abcdef",
    "synchformer-768/audio-12/0123456789abcdef/8s",
    "laion-clap-htsat-128-512/0123456789abcdef/8s",
    "ms-clap-htsat-96-1024/0123456789abcdef",
    "audiobox-aesthetics-12x768/0123456789abcdef/8s",
    "imagebind-32x1280/vision/0123456789abcdef/8s",
    "synchformer-768/video-12/0123456789abcdef/8s",
    "laion-clap-roberta-768-512/0123456789abcdef",
    "ms-clap-gpt2-768-1024/0123456789abcdef",
  ]);
  const [first, last] = [opened[0], opened.at(-1)] as [(typeof opened)[0], (typeof opened)[0]];
  const scaled = { ...last, settings: { audioboxTransform: { CE: { mean: 1, std: 2 } } } };
  digests.set(scaled, "0123456789abcdef0123");
  expect(ids([first, scaled])).toEqual(
    ["vggish-128", "audiobox-aesthetics-12x768"].map(
      (id) => `${id}/0123456789abcdef/[["audioboxTransform",{"CE":{"mean":1,"std":2}}]]/8s`,
    ),
  );
});
