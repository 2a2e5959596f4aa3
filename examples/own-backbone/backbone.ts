/**
 * A backbone with rules of its own, as those of MMAudio and TangoFlux are: it always samples 30 s; it is told their end and no beginning;
 * "no text" is the encoded empty text, pooled by its mask; it looks at the picture itself, through two streams of features at two rates,
 * which learned rows replace where there is no picture; its time runs from noise to sound. And it has sites, so that a bridge fits too.
 */
import type { AudioBackbone, BridgeSite, Denoiser, GraphValue } from "@foley-control/core";
import { attention, graph, input, linear, ops, parameter } from "@foley-control/graph";
import { codec, glance, letters, motion, randomWeights, WIDTH } from "./parts.js";

const [FRAMES, SECONDS, HEADS, BLOCKS] = [600, 30, 2, 2];
const rowsOf = {
  glance: (seconds: number) => Math.floor(8 * seconds),
  motion: (seconds: number) => 8 * (Math.floor((25 * seconds - 16) / 8) + 1),
};
type Rows = Readonly<Record<string, number>> | undefined;
const count = (rows: Rows, name: string): number => rows?.[name] ?? 8;

const sites = (frames: number): readonly BridgeSite[] =>
  Array.from({ length: BLOCKS }, (_, block) => ({
    block,
    width: WIDTH,
    heads: HEADS,
    headWidth: WIDTH / HEADS,
    prefixTokens: 0,
    seconds: Array.from({ length: frames }, (_, i) => (i + 0.5) / codec.latentRate),
  }));

const denoiserGraph: Denoiser["graph"] = ({ frames, rows, batch = 1, hook, extraInputs = [] }) => {
  const latents = input("latents", [batch, codec.latentChannels, frames]);
  const time = input("time", [batch]);
  const words = input("words", [batch, WIDTH]);
  const end = input("end", [batch, WIDTH]);
  const looks = [
    input("looks", [batch, count(rows, "glance"), WIDTH]),
    input("moves", [batch, count(rows, "motion"), WIDTH]),
  ] as const;
  // Its own time is 0 for noise and 1 for sound, and it predicts sound minus noise: both are turned here, so that a sampler knows one way.
  const ownTime = ops.subtract(1, ops.reshape(time, [batch, 1]));
  const told = ops.reshape(ops.add(ops.add(words, end), linear(ownTime, "time", WIDTH)), [batch, 1, WIDTH]);
  let x = linear(ops.transpose(latents, [0, 2, 1]), "in", WIDTH);
  const all = sites(frames);
  for (let block = 0; block < BLOCKS; block++) {
    x = ops.add(x, told);
    for (const [i, rowsSeen] of looks.entries()) {
      const q = linear(x, `blocks.${block}.${i}.q`, WIDTH);
      x = ops.add(x, attention(q, rowsSeen, rowsSeen, { heads: HEADS }));
    }
    if (hook) x = hook(x, all[block] as BridgeSite);
    x = ops.add(x, linear(ops.gelu(linear(x, `blocks.${block}.up`, 2 * WIDTH)), `blocks.${block}.down`, WIDTH));
  }
  const towardsSound = ops.transpose(linear(x, "out", codec.latentChannels), [0, 2, 1]);
  return graph("denoiser", [latents, time, words, end, ...looks, ...extraInputs], { prediction: ops.multiply(towardsSound, -1) });
};

const conditionGraph: AudioBackbone["conditionGraph"] = ({ rows, batch = 1 }) => {
  const length = rows?.["tokens"] ?? letters.length;
  const tokens = input("tokens", [batch, length, WIDTH]);
  const mask = input("mask", [batch, length]);
  const seconds = input("secondsTotal", [batch]);
  const kept = input("videoKept", [batch]);
  const real = ops.reshape(mask, [batch, length, 1]);
  const mean = ops.divide(ops.sum(ops.multiply(tokens, real), [1]), ops.sum(real, [1]));
  const looking = (name: "glance" | "motion", width: number): readonly [GraphValue, GraphValue] => {
    const given = input(name, [batch, count(rows, name), width]);
    const there = ops.reshape(kept, [batch, 1, 1]);
    const empty = ops.multiply(parameter(`empty.${name}`, [1, 1, width]), ops.subtract(1, there));
    return [given, linear(ops.add(ops.multiply(given, there), empty), `${name}.in`, WIDTH)];
  };
  const [glances, looks] = looking("glance", glance.tokenWidth);
  const [motions, moves] = looking("motion", motion.tokenWidth);
  return graph("condition", [tokens, mask, seconds, glances, motions, kept], {
    words: linear(mean, "words", WIDTH),
    end: linear(ops.divide(ops.reshape(seconds, [batch, 1]), SECONDS), "end", WIDTH),
    looks,
    moves,
  });
};

export const denoiser: Denoiser = {
  specificationVersion: "v1",
  kind: "denoiser",
  id: "pond/denoiser@1",
  prediction: "flow",
  latentChannels: codec.latentChannels,
  blocks: BLOCKS,
  weights: randomWeights(denoiserGraph({ frames: 1 })),
  sites,
  graph: denoiserGraph,
};

export const backbone: AudioBackbone = {
  specificationVersion: "v1",
  kind: "audio-backbone",
  id: "pond@1",
  text: letters,
  denoiser,
  codec,
  weights: randomWeights(conditionGraph({ frames: FRAMES })),
  seconds: { maximum: SECONDS },
  streams: [
    { name: "glance", encoder: glance, rows: rowsOf.glance },
    { name: "motion", encoder: motion, rows: rowsOf.motion },
  ],
  frames: () => FRAMES,
  // Equal steps of time, as it was trained; the solver's own schedule is another.
  sampling: () => ({
    solver: "euler",
    steps: 8,
    guidanceScale: 4.5,
    levels: (steps) => Array.from({ length: steps + 1 }, (_, i) => 1 - i / steps),
  }),
  conditionGraph,
};
