/** Networks of the releases' shapes, small, of random weights; sounds and numbered pictures to show them. */
import { createRandom, memoryParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import { imagebindNetwork } from "./imagebind/network.js";
import { imagebindShapes } from "./imagebind/shapes.test-support.js";
import type { Shapes } from "./shapes.test-support.js";
import { synchformerNetwork } from "./synchformer/network.js";
import { synchformerShapes } from "./synchformer/shapes.test-support.js";

/** Numbers between −0.2 and 0.2 for every name. */
export function randomWeights(shapes: Shapes): ParameterSource {
  const random = createRandom(1, "weights");
  const numbers = (shape: readonly number[]) =>
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.range(-0.2, 0.2));
  const made = Object.entries(shapes).map(([name, shape]): [string, PlainTensor] => [
    name,
    { dtype: "float32", shape, data: Float32Array.from(numbers(shape)) },
  ]);
  return memoryParameters(Object.fromEntries(made));
}

/** One block of 16 numbers, picture and sound in a space of 8. */
export const imagebindWeights = (): ParameterSource =>
  randomWeights({ ...imagebindShapes("vision", 16, 1, 8), ...imagebindShapes("audio", 16, 1, 8) });

/** ImageBind of these. */
export const smallImagebind = () => imagebindNetwork.open({ weights: imagebindWeights(), heads: { sound: 2, video: 2 } });

/** One block of 16 numbers per trunk. */
export const synchformerWeights = (): ParameterSource => randomWeights(synchformerShapes(16, 1));

/** Synchformer of these. */
export const smallSynchformer = () =>
  synchformerNetwork.open({ weights: synchformerWeights(), heads: { sound: 2, video: 2, pair: 2 } });

/** Strikes at the given seconds in a faint noise. */
export function strikes(times: readonly number[], { seconds = 2, hertz = 700, rate = 24000 } = {}): Float32Array {
  let seed = 1;
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    let sample = (seed / 2 ** 31) * 1e-4;
    for (const time of times) {
      const t = i / rate - time;
      if (t >= 0) sample += 0.5 * Math.exp(-25 * t) * Math.sin(2 * Math.PI * hertz * t);
    }
    return sample;
  });
}

/** Sides of {@link numbered} pictures in pixels. */
export const NUMBERED = { width: 64, height: 48 } as const;

/** A picture that says its number below 4096 in three greys side by side, which no codec takes for one another. */
export function numbered(index: number): Uint8Array {
  const { width, height } = NUMBERED;
  const digits = [index >> 8, (index >> 4) & 15, index & 15];
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % width;
    return 40 + 11 * (digits[Math.min(2, Math.floor(x / 21))] as number);
  });
}

/** The number that a picture says. */
export function numberOf({ rgb, width, height }: { readonly rgb: Uint8Array; readonly width: number; readonly height: number }) {
  const digit = (x: number) => Math.round(((rgb[3 * (width * (height >> 1) + x)] as number) - 40) / 11);
  return (digit(10) << 8) | (digit(31) << 4) | digit(52);
}
