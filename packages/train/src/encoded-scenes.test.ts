/** Scenes for parts of one's own: shapes, the same numbers for the same key, what is dropped, and the loss that they are for. */
import { smallBackbone } from "@foley-control/audio-backbone";
import { bridgeConfig, createBridge, freshBridge, initialiseBridge } from "@foley-control/bridge";
import {
  type Denoiser,
  FoleyError,
  memoryParameters,
  normalArray,
  type PlainTensor,
  type VideoEncoder,
} from "@foley-control/core";
import { evaluate, float, graph, input, ops, parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EncodedScenes, encodeScenes } from "./encoded-scenes.js";
import { initialise } from "./initialise.js";
import { diffusionLoss } from "./stages/diffusion.js";
import { tinyBackbone } from "./testing.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

/** Mean brightness of each half second, and a 1. */
const encoder: VideoEncoder = {
  specificationVersion: "v1",
  kind: "video-encoder",
  id: "brightness",
  frameRate: 8,
  window: 8,
  imageSize: [16, 16],
  normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
  tokenRate: 2,
  tokenWidth: 2,
  weights: memoryParameters({}),
  graph: ({ frames, batch = 1 }) => {
    const pixels = input("pixels", [batch, frames, 3, 16, 16]);
    const steps = frames / 4;
    const mean = ops.mean(ops.reshape(pixels, [batch, steps, 4, 3, 256]), [2, 3, 4]);
    const one = float(new Float32Array(batch * steps).fill(1), [batch, steps, 1]);
    return graph("brightness", [pixels], { tokens: ops.concat([ops.reshape(mean, [batch, steps, 1]), one], 2) });
  },
};

const bare = smallBackbone(memoryParameters({}), tinyBackbone);
const tensors = Object.assign(
  {},
  ...[
    bare.codec.encodeGraph({ frames: 2 }),
    bare.text.graph(),
    bare.conditionGraph({ frames: 1 }),
    bare.denoiser.graph({ frames: 2 }),
  ].map((source) => initialise(source, 1)),
) as Record<string, PlainTensor<"float32">>;
for (const [name, { data }] of Object.entries(tensors)) if (name.endsWith("scale")) data.fill(1);
const backbone = smallBackbone(memoryParameters(tensors), tinyBackbone);

let scenes: EncodedScenes;
beforeAll(async () => {
  scenes = await encodeScenes(runtime, { backbone, encoder }, { seeds: [1, 2, 3], classes: ["roll"] });
});

describe("encodeScenes", () => {
  test("a clip is as long as the encoder's window, and every part of it is there", () => {
    const frames = Math.ceil(8000 / 16); // one second
    expect([scenes.count, scenes.frames, scenes.videoTokens]).toEqual([3, frames, 2]);
    const batch = scenes.batch([2, 0], { key: 1 });
    const shapes = Object.fromEntries(Object.entries(batch).map(([name, { shape }]) => [name, shape]));
    expect(shapes).toEqual({
      latents: [2, 3, frames],
      noise: [2, 3, frames],
      time: [2],
      context: [2, 4, 8],
      global: [2, 8],
      video: [2, 2, 2],
    });
    for (const { data } of Object.values(batch)) expect(data.every(Number.isFinite)).toBe(true);
    expect([...batch["video"]!.data].filter((_, i) => i % 2 === 1)).toEqual([1, 1, 1, 1]);
  });

  test("the same key gives the same numbers, another one other noise; rows are the scenes asked for", () => {
    const [first, again, other] = [
      scenes.batch([0, 1], { key: 5 }),
      scenes.batch([0, 1], { key: 5 }),
      scenes.batch([1, 0], { key: 6 }),
    ];
    expect(again).toEqual(first);
    expect(other["noise"]!.data).not.toEqual(first["noise"]!.data);
    const half = first["latents"]!.data.length / 2;
    expect(other["latents"]!.data.subarray(half)).toEqual(first["latents"]!.data.subarray(0, half));
    expect(first["latents"]!.data.subarray(half)).not.toEqual(first["latents"]!.data.subarray(0, half));
  });

  test("what is dropped is zeros, and nothing else changes", () => {
    const [whole, dropped] = [scenes.batch([0, 1], { key: 5 }), scenes.batch([0, 1], { key: 5, dropText: 1, dropVideo: 1 })];
    for (const name of ["context", "video"]) {
      expect(whole[name]!.data.some((value) => value !== 0)).toBe(true);
      expect(dropped[name]!.data.every((value) => value === 0)).toBe(true);
    }
    for (const name of ["latents", "noise", "time", "global"]) expect(dropped[name]).toEqual(whole[name]);
  });

  test("says what is wrong", async () => {
    await expect(encodeScenes(runtime, { backbone, encoder }, { seeds: [] })).rejects.toThrow(/No seeds/);
    const wide = { ...encoder, imageSize: [16, 32] as const };
    await expect(encodeScenes(runtime, { backbone, encoder: wide }, { seeds: [1] })).rejects.toThrow(/16×32.*square/);
    expect(() => scenes.batch([3], { key: 1 })).toThrow(FoleyError);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(encodeScenes(runtime, { backbone, encoder }, { seeds: [1], signal })).rejects.toThrow("enough");
  });
});

describe("diffusionLoss", () => {
  /** Answers with what it is given, and has nothing to learn. */
  const echo = (prediction: Denoiser["prediction"]): Denoiser => ({
    ...backbone.denoiser,
    prediction,
    graph: ({ frames, batch = 1, extraInputs = [] }) => {
      const latents = input("latents", [batch, 3, frames]);
      const others = [input("time", [batch]), input("context", [batch, 4, 8]), input("global", [batch, 8])];
      return graph("echo", [latents, ...others, ...extraInputs], { prediction: latents });
    },
  });

  test.each([
    [
      "v",
      (x: number, e: number, t: number) => {
        const [a, s] = [Math.cos((t * Math.PI) / 2), Math.sin((t * Math.PI) / 2)];
        return a * x + s * e - (a * e - s * x);
      },
    ],
    ["flow", (x: number, e: number, t: number) => (1 - t) * x + t * e - (e - x)],
  ] as const)("is the %s objective, written out", (prediction, error) => {
    const size = 3 * 4;
    const [latents, noise, time] = [normalArray(1, ["x"], 2 * size), normalArray(1, ["e"], 2 * size), [0.2, 0.7]];
    const source = diffusionLoss(echo(prediction), { batch: 2, frames: 4 });
    const found = evaluate(source, { latents, noise, time, context: new Float32Array(64), global: new Float32Array(16) });
    let sum = 0;
    for (let i = 0; i < 2 * size; i++) sum += error(latents[i]!, noise[i]!, time[Math.floor(i / size)]!) ** 2;
    expect(found["loss"]!.data[0]).toBeCloseTo(sum / (2 * size), 5);
  });

  test("a bridge in any denoiser: its parameters are added, and fresh it changes nothing", async () => {
    const config = bridgeConfig(backbone, encoder);
    const bridge = createBridge(config, memoryParameters(initialiseBridge(config, 1)));
    const size = { batch: 2, frames: scenes.frames };
    const video = input("video", [2, scenes.videoTokens, encoder.tokenWidth]);
    const plain = diffusionLoss(backbone.denoiser, size);
    const bridged = diffusionLoss(backbone.denoiser, { ...size, hook: bridge.hook(video), extraInputs: [video] });
    const added = [...parametersOf(bridged).keys()].filter((name) => !parametersOf(plain).has(name)).sort();
    expect(added).toEqual(
      freshBridge(config, 1)
        .parameters.map(({ name }) => name)
        .sort(),
    );
    const { video: seen, ...batch } = scenes.batch([0, 1], { key: 3 });
    const all = memoryParameters({ ...tensors, ...initialiseBridge(config, 1) });
    const without = await (await runtime.load(plain, all)).run(batch);
    const with_ = await (await runtime.load(bridged, all)).run({ ...batch, video: seen! });
    expect(with_["loss"]!.data[0]).toBe(without["loss"]!.data[0]);
  });
});
