/** The codec's transform, phases and linear code, on the CPU runtime. */
import {
  createRandom,
  type Graph,
  memoryParameters,
  normalArray,
  type ParameterSource,
  type PlainTensor,
} from "@foley-control/core";
import { graph, input, ops, parametersOf, toOnnx } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import { tinyBackbone, tinyConfig } from "../testing.js";
import { firstPhase, withPhase } from "./phase.js";
import { analyse, binsOf, fourierConstants, synthesise } from "./short-time-fourier.js";
import { magnitudes, SMALL_CODEC, smallCodec, smallCodecDecodeGraph, smallCodecEncodeGraph } from "./small-codec.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

const RATE = SMALL_CODEC.sampleRate;
const HOP = SMALL_CODEC.frameHop;
const FRAMES = 94;
const LENGTH = FRAMES * HOP;

async function run(source: Graph, audio: Float32Array, weights?: ParameterSource): Promise<Record<string, Float32Array>> {
  const executable = await runtime.load(source, weights);
  const name = source.inputs[0]?.name as string;
  const found = await executable.run({ [name]: { dtype: "float32", shape: source.inputs[0]?.shape ?? [], data: audio } });
  await executable.dispose();
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, (value as PlainTensor<"float32">).data]));
}

/** Two struck objects: decaying partials after silence. */
function impact(): Float32Array {
  const audio = new Float32Array(LENGTH);
  for (const [at, base] of [
    [0.15, 620],
    [0.55, 940],
  ] as const)
    [1, 2.76, 5.4, 8.93].forEach((ratio, i) => {
      const [frequency, decay] = [base * ratio, 9 + 7 * i];
      for (let n = Math.round(at * RATE); n < LENGTH; n++) {
        const t = n / RATE - at;
        audio[n] = (audio[n] as number) + (0.2 / (i + 1)) * Math.exp(-decay * t) * Math.sin(2 * Math.PI * frequency * t);
      }
    });
  return audio;
}
const noise = () => normalArray(1, ["noise"], LENGTH).map((x) => 0.1 * x);

describe("short-time Fourier transform", () => {
  const constants = fourierConstants(HOP);
  const audio = input("audio", [1, LENGTH]);

  test("synthesise(analyse(x)) is x", async () => {
    for (const given of [noise(), impact()]) {
      const { back } = await run(graph("round-trip", [audio], { back: synthesise(analyse(audio, constants), constants) }), given);
      const worst = (back as Float32Array).reduce((most, x, i) => Math.max(most, Math.abs(x - (given[i] as number))), 0);
      expect(worst).toBeLessThan(1e-5);
    }
  });

  test("a full-scale sine has the magnitude ½ in its bin, at the transform's own frequencies", async () => {
    const bins = binsOf(HOP);
    const bin = 40;
    const sine = Float32Array.from({ length: LENGTH }, (_, n) => Math.cos((2 * Math.PI * bin * n) / (4 * HOP) + 0.3));
    const { m } = await run(graph("magnitudes", [audio], { m: magnitudes(audio, constants) }), sine);
    const row = (m as Float32Array).subarray(20 * bins, 21 * bins);
    expect(row[bin]).toBeCloseTo(0.5, 5);
    expect(row[bin + 1]).toBeCloseTo(0.25, 5);
    expect(row[bin + 4]).toBeLessThan(1e-5);
  });
});

describe("phase retrieval", () => {
  const constants = fourierConstants(HOP);
  const audio = input("audio", [1, LENGTH]);
  const wanted = magnitudes(audio, constants);
  const source = (iterations: number) => {
    const found = magnitudes(withPhase(wanted, ops.log(ops.add(wanted, 1e-5)), constants, iterations), constants);
    const total = (x: typeof found) => ops.sum(ops.square(x), [0, 1, 2]);
    return graph("phase", [audio], { error: total(ops.subtract(found, wanted)), power: total(wanted) });
  };
  /** ‖|STFT(y)| − wanted‖² / ‖wanted‖² in decibels. */
  async function convergence(given: Float32Array, iterations: number): Promise<number> {
    const { error, power } = await run(source(iterations), given);
    return 10 * Math.log10((error?.[0] as number) / (power?.[0] as number));
  }

  test("an impact is found to −25 dB, noise to −12 dB, both better than by the first guess", async () => {
    const [struck, hiss] = [await convergence(impact(), 16), await convergence(noise(), 16)];
    expect(struck).toBeLessThan(-25);
    expect(hiss).toBeLessThan(-12);
    expect(await convergence(impact(), 0)).toBeGreaterThan(struck + 3);
    expect(await convergence(noise(), 0)).toBeGreaterThan(hiss + 3);
  });

  test("the first guess is summed from the beginning of a sound, over as many stretches as it has", async () => {
    const [frames, bins, size] = [150, constants.bins, 4 * HOP];
    const given = normalArray(1, ["slopes"], 2 * frames * bins).map((x) => 0.01 * x);
    const logs = input("logs", [2, frames, bins]);
    const { phase } = await run(graph("first guess", [logs], { phase: firstPhase(logs, constants) }), given);
    for (const [batch, bin] of [
      [0, 1],
      [1, 100],
      [1, bins - 2],
    ] as const) {
      let sum = 0;
      for (let frame = 0; frame < frames; frame++) {
        const at = (batch * frames + frame) * bins + bin;
        sum += (((given[at + 1] as number) - (given[at - 1] as number)) * HOP) / (2 * 0.25645 * size);
        const expected = sum + (2 * Math.PI * ((frame * HOP * bin) % size)) / size;
        expect(Math.abs((phase?.[at] as number) - expected)).toBeLessThan(1e-4);
      }
    }
  });

  test("a decoder of four times the length has at most four times the constants, and those that all lengths share", () => {
    const bytes = (frames: number) =>
      toOnnx(smallCodecDecodeGraph(SMALL_CODEC, frames), { external: () => ({ location: "weights", offset: 0, length: 0 }) })
        .length;
    expect(bytes(400) - bytes(200)).toBeLessThan(2.2 * (bytes(200) - bytes(100)));
  });

  test("silence stays silent and finite", async () => {
    const y = withPhase(wanted, ops.log(ops.add(wanted, 1e-5)), constants, 4);
    const { y: found } = await run(graph("silence", [audio], { y }), new Float32Array(LENGTH));
    expect((found as Float32Array).every((value) => Math.abs(value) < 1e-5)).toBe(true);
  });
});

test("with all components and no sharpening, magnitudes survive encoding and decoding", async () => {
  // A square orthonormal basis loses nothing; this one turns the features by one place, to show that it is used.
  const config = { ...tinyConfig.codec, phaseIterations: 40 };
  const features = config.framesPerLatent * binsOf(config.frameHop);
  const whole = { ...config, latentChannels: features };
  const frames = 20;
  const tensors = Object.fromEntries(
    [...parametersOf(smallCodecDecodeGraph(whole, frames))].map(([name, { shape }]) => [
      name,
      { dtype: "float32" as const, shape, data: new Float32Array(shape.reduce((product, n) => product * n, 1)) },
    ]),
  );
  const basis = tensors["codec.basis"]?.data as Float32Array;
  for (let i = 0; i < features; i++) basis[i * features + ((i + 1) % features)] = 1;
  tensors["codec.scale"]?.data.fill(0.3);
  tensors["codec.mean"]?.data.fill(0.1);
  const weights = memoryParameters(tensors);
  const codec = smallCodec(weights, whole);
  const samples = frames * codec.hop;
  const random = createRandom(2, "tone");
  const audio = Float32Array.from(
    { length: samples },
    (_, n) => 0.3 * Math.sin(0.2 * n) + 0.2 * Math.sin(0.61 * n) + 1e-3 * random.normal(),
  );
  const { latents } = await run(smallCodecEncodeGraph(whole, frames), audio, weights);
  const { audio: decoded } = await run(smallCodecDecodeGraph(whole, frames), latents as Float32Array, weights);
  const x = input("audio", [1, samples]);
  const constants = fourierConstants(config.frameHop);
  const spectrum = graph("magnitudes", [x], { m: magnitudes(x, constants) });
  const [{ m: before }, { m: after }] = [await run(spectrum, audio), await run(spectrum, decoded as Float32Array)];
  let [error, power] = [0, 0];
  (before as Float32Array).forEach((value, i) => {
    error += (value - (after?.[i] as number)) ** 2;
    power += value ** 2;
  });
  expect(10 * Math.log10(error / power)).toBeLessThan(-20);
});

test("the miniature's codec says what its graphs do", () => {
  const { codec } = tinyBackbone();
  expect(codec.hop).toBe(tinyConfig.codec.frameHop * tinyConfig.codec.framesPerLatent);
  expect(codec.latentRate).toBe(tinyConfig.codec.sampleRate / codec.hop);
});
