/**
 * Gradients of every loss that is trained, in float64, against central differences at chosen entries. The training step of
 * stable-audio-tools is one of the golden cases.
 */
import { createRandom, type Graph } from "@foley-control/core";
import { differentiate, evaluate, gradientName, parametersOf } from "@foley-control/graph";
import { describe, expect, test } from "vitest";
import { tinyBackbone, tinyBridgeLoss, tinyMotion } from "../testing.js";
import { codecLoss, isSharpening } from "./codec.js";
import { denoiserLoss } from "./denoiser.js";
import { videoEncoderLoss } from "./video-encoder.js";

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
type Feeds = Record<string, Float64Array>;

/** Random numbers that each input and parameter can take. */
function feedsOf(source: Graph, special: Readonly<Record<string, (index: number) => number>> = {}): Feeds {
  const feeds: Feeds = {};
  for (const { name = "", shape } of [...source.inputs, ...parametersOf(source).values()]) {
    const random = createRandom(7, name);
    const vector = shape.length === 1 && name.endsWith("weight");
    const gain = shape.length > 1 ? 0.5 : 0.1;
    const draw = special[name] ?? (() => gain * random.normal() + (vector ? 1 : 0));
    feeds[name] = Float64Array.from({ length: sizeOf(shape) }, (_, i) => draw(i));
  }
  return feeds;
}

const lossAt = (source: Graph, feeds: Feeds): number => evaluate(source, feeds)["loss"]?.data[0] as number;

/** The entry with the largest gradient and the middle one of each named parameter, against (f(x+h) − f(x−h)) / 2h. */
function checkGradients(source: Graph, feeds: Feeds, names: readonly string[]): void {
  const found = evaluate(differentiate(source, "loss", names), feeds);
  for (const name of names) {
    const gradient = found[gradientName(name)]?.data as Float64Array;
    const values = feeds[name] as Float64Array;
    const largest = gradient.reduce((best, value, i) => (Math.abs(value) > Math.abs(gradient[best] as number) ? i : best), 0);
    expect(Math.abs(gradient[largest] as number), `${name} has a gradient`).toBeGreaterThan(1e-9);
    for (const at of [largest, gradient.length >> 1]) {
      const [old, h] = [values[at] as number, 1e-5];
      values[at] = old + h;
      const above = lossAt(source, feeds);
      values[at] = old - h;
      const below = lossAt(source, feeds);
      values[at] = old;
      const error = Math.abs((above - below) / (2 * h) - (gradient[at] as number));
      expect(error, `${name}[${at}]: ${gradient[at]}`).toBeLessThan(1e-6 * Math.max(1, Math.abs(gradient[largest] as number)));
    }
  }
}

const diffusion = {
  ids: (i: number) => i % 5,
  mask: (i: number) => (i % 3 === 2 ? 0 : 1),
  textKept: () => 1,
  seconds: () => 4,
  secondsStart: () => 0,
  secondsTotal: () => 4,
  time: (i: number) => 0.3 + 0.4 * i,
};

describe("against central differences", () => {
  test("denoiser", () => {
    const source = denoiserLoss(tinyBackbone, 2, 3);
    checkGradients(source, feedsOf(source, diffusion), [
      "text.embedding.weight",
      "text.layers.0.qkv.weight",
      "conditioner.conditioners.seconds_total.embedder.embedding.1.weight",
      "timestep_features.weight",
      "preprocess_conv.weight",
      "transformer.layers.0.self_attn.to_qkv.weight",
      "transformer.layers.0.cross_attn.to_kv.weight",
      "transformer.layers.1.ff.ff.0.proj.weight",
      "transformer.layers.1.ff_norm.gamma",
    ]);
  });

  test("bridge", () => {
    const source = tinyBridgeLoss(2, 3, 2);
    checkGradients(source, feedsOf(source, diffusion), [
      "blocks.0.adapter.0.weight",
      "blocks.0.adapter.2.weight",
      "blocks.0.norm.weight",
      "blocks.0.video_norm.weight",
      "blocks.1.to_q.weight",
      "blocks.1.to_kv.weight",
      "blocks.0.query_anchor",
      "blocks.1.key_anchor",
      "blocks.1.to_out.weight",
    ]);
  });

  test("codec: its sharpening only", () => {
    const source = codecLoss(tinyBackbone.codec, 1, 3);
    const random = createRandom(8, "audio");
    const feeds = feedsOf(source, { audio: () => 0.1 * random.normal() });
    (feeds["codec.scale"] as Float64Array).fill(0.7);
    (feeds["codec.mean"] as Float64Array).fill(0.3);
    const trained = [...parametersOf(source).keys()].filter(isSharpening);
    expect(trained.length).toBeGreaterThan(8);
    checkGradients(source, feeds, trained);
  });

  test("video encoder", () => {
    const source = videoEncoderLoss(tinyMotion, { batch: 1, frames: 4 });
    const feeds = feedsOf(source, {
      luma: (i) => (i * 37 + ((i * i) % 91)) % 256,
      contacts: (i) => (i % 3 === 0 ? 1 : 0),
      strengths: (i) => (i % 3 === 0 ? 0.7 : 0),
      seen: (i) => (i === 1 ? 0 : 1),
      cells: (i) => (i % 5 === 0 ? 1 : 0),
      loudness: (i) => (i % 7) / 7,
    });
    checkGradients(source, feeds, [...parametersOf(source).keys()]);
  });
});

test("dropping the text zeroes the whole context: neither words nor context duration reach the loss", () => {
  const source = denoiserLoss(tinyBackbone, 2, 3);
  const feeds = feedsOf(source, diffusion);
  const other = { ...feeds, ids: (feeds["ids"] as Float64Array).map((id) => (id + 1) % 5) };
  expect(lossAt(source, other)).not.toBe(lossAt(source, feeds));
  const dropped = Float64Array.of(0, 0);
  expect(lossAt(source, { ...other, textKept: dropped })).toBe(lossAt(source, { ...feeds, textKept: dropped }));
  const gradients = evaluate(differentiate(source, "loss", ["text.embedding.weight"]), { ...feeds, textKept: dropped });
  expect(gradients[gradientName("text.embedding.weight")]?.data.every((value) => value === 0)).toBe(true);
});
