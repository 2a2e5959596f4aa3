/** What packing does to pictures: blocks whose fine parts are rounded away and that stay as they are while little changes, or coarse levels with a trail. */
import type { Random } from "@foley-control/core";
import type { Codec } from "./style.js";

const SIDE = 8;

/** Pack and unpack one picture (RGB, in place) after another. */
export function createCodec(random: Random, kind: Codec, size: number): (picture: Float32Array) => void {
  if (kind === "none") return () => {};
  if (kind === "levels") return createLevels(random);
  const coarse = Math.exp(random.range(Math.log(6), Math.log(70)));
  const keyEvery = random.pick([12, 25, 50, 250]);
  const dead = random.range(0.4, 0.9);
  const kept = new Float32Array(size * size * 3);
  const block = new Float32Array(SIDE * SIDE);
  let shown = 0;
  return (picture) => {
    const key = shown++ % keyEvery === 0;
    if (key) kept.fill(0);
    for (let row = 0; row + SIDE <= size; row += SIDE)
      for (let column = 0; column + SIDE <= size; column += SIDE)
        for (let channel = 0; channel < 3; channel++) {
          const start = (row * size + column) * 3 + channel;
          for (let i = 0; i < SIDE * SIDE; i++) {
            const at = start + ((i >> 3) * size + (i & 7)) * 3;
            block[i] = (picture[at] as number) - (kept[at] as number);
          }
          transform(block);
          for (let i = 0; i < SIDE * SIDE; i++) {
            const step = coarse * (i === 0 ? 2 : 2 + 0.5 * (bits(i & 7) + bits(i >> 3)));
            const value = block[i] as number;
            block[i] = Math.abs(value) < dead * step ? 0 : (step * Math.round(value / step)) / (SIDE * SIDE);
          }
          transform(block);
          for (let i = 0; i < SIDE * SIDE; i++) {
            const at = start + ((i >> 3) * size + (i & 7)) * 3;
            const value = (kept[at] as number) + (block[i] as number);
            kept[at] = value;
            picture[at] = value;
          }
        }
  };
}

const bits = (i: number): number => (i & 1) + ((i >> 1) & 1) + (i >> 2);

/** Walsh-Hadamard, in place, its own inverse but for a factor of 64. */
function transform(block: Float32Array): void {
  for (let half = 1; half < SIDE * SIDE; half *= 2)
    for (let start = 0; start < SIDE * SIDE; start += 2 * half)
      for (let i = start; i < start + half; i++) {
        const a = block[i] as number;
        const b = block[i + half] as number;
        block[i] = a + b;
        block[i + half] = a - b;
      }
}

function createLevels(random: Random): (picture: Float32Array) => void {
  const step = random.range(2, 14);
  const fresh = random.range(0.55, 1);
  let kept: Float32Array | undefined;
  return (picture) => {
    const before = kept;
    if (before)
      for (let i = 0; i < picture.length; i++) {
        const old = before[i] as number;
        picture[i] = old + fresh * ((picture[i] as number) - old);
      }
    kept = picture.slice();
    for (let i = 0; i < picture.length; i++) picture[i] = step * Math.round((picture[i] as number) / step);
  };
}
