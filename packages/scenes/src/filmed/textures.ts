/** Surfaces as photographs show them: several octaves of noise with edges, grain, stones, weave, grass, tiles, heaps, strokes like writing. Never one colour. */
import type { Random } from "@foley-control/core";
import type { Colour } from "../looks.js";
import { valueNoise } from "../looks.js";
import { NOISE_MASK } from "../noise.js";

/** Families that `film` draws from. */
export const TEXTURE_FAMILIES = ["clouds", "edges", "grain", "stones", "weave", "grass", "tiles", "writing", "gradient"] as const;
/** Families that only `film-held-out` draws from. */
export const HELD_OUT_TEXTURE_FAMILIES = ["marble", "bricks", "speckle", "ripples", "patches"] as const;
/** One of either. */
export type TextureFamily = (typeof TEXTURE_FAMILIES)[number] | (typeof HELD_OUT_TEXTURE_FAMILIES)[number];

/** Writes the colour at a place (in texture units, about 1 across) to `out`. */
export type Sampler = (x: number, y: number, out: Float32Array, at: number) => void;

/** A colour as the world has them: mostly dull, any brightness. */
export function drawDull(random: Random): Colour {
  const grey = random.range(25, 225);
  const tint = random.chance(0.25) ? random.range(15, 60) : random.range(0, 18);
  const hue = random.range(0, 2 * Math.PI);
  return [grey + tint * Math.cos(hue), grey + tint * Math.cos(hue - 2.1), grey + tint * Math.cos(hue + 2.1)];
}

function octaves(x: number, y: number, offset: number): number {
  return (
    0.55 * valueNoise(x, y, offset) +
    0.3 * valueNoise(x * 2.1, y * 2.1, offset + 9173) +
    0.2 * valueNoise(x * 4.3, y * 4.3, offset + 4021) +
    0.14 * valueNoise(x * 8.7, y * 8.7, offset + 2711)
  );
}

const whole = Math.floor;
/** Distance to the next whole number, 0 to ½. */
const toEdge = (x: number): number => Math.abs(x - whole(x + 0.5));

/** Value of a family at a place, about [-1, 1]; `seed` is an offset into the noise, `form` a number in [0, 1) that varies the family. */
const VALUES: Readonly<Record<TextureFamily, (x: number, y: number, seed: number, form: number) => number>> = {
  clouds: (x, y, seed) => 1.5 * octaves(x, y, seed),
  edges: (x, y, seed, form) => {
    const level = octaves(x, y, seed) * (2.5 + 3 * form);
    return Math.max(-1, Math.min(1, 4 * (level - whole(level + 0.5)))) * 0.5 + 0.7 * octaves(x * 1.7, y * 1.7, seed + 77);
  },
  grain: (x, y, seed, form) => {
    const warp = y * (3 + 5 * form) + 0.9 * valueNoise(x * 0.6, y * 1.5, seed);
    const plank = toEdge(y * 0.7 + form) < 0.03 ? -0.8 : 0;
    return 0.45 * Math.sin(6.3 * warp) + 0.4 * valueNoise(x * 1.5, y * 14, seed + 31) + plank;
  },
  stones: (x, y, seed, form) => {
    let near = 9;
    let second = 9;
    let shade = 0;
    for (let i = -1; i <= 1; i++)
      for (let j = -1; j <= 1; j++) {
        const column = whole(x * 1.6) + i;
        const row = whole(y * 1.6) + j;
        const jitterX = 0.5 + 0.5 * valueNoise(column, row, seed);
        const jitterY = 0.5 + 0.5 * valueNoise(column, row, seed + 501);
        const distance = (x * 1.6 - column - jitterX) ** 2 + (y * 1.6 - row - jitterY) ** 2;
        if (distance < near) {
          second = near;
          near = distance;
          shade = valueNoise(column, row, seed + 907);
        } else if (distance < second) second = distance;
      }
    const gap = Math.sqrt(second) - Math.sqrt(near);
    return (gap < 0.06 + 0.1 * form ? -0.9 : shade) + 0.35 * valueNoise(x * 7, y * 7, seed);
  },
  weave: (x, y, seed, form) =>
    (form < 0.5 ? Math.sin(x * 26) * Math.sin(y * 26) * 0.35 : Math.sin(x * 14) * 0.4 + 0.3 * Math.sign(Math.sin(y * 9))) +
    1.1 * valueNoise(x * 0.8 + 0.4 * valueNoise(y, x, seed), y * 1.6, seed + 11),
  grass: (x, y, seed, form) =>
    0.8 * valueNoise(x * 16 + 2 * valueNoise(x * 2, y * 2, seed), y * (4 + 6 * form), seed + 3) + 0.5 * octaves(x, y, seed),
  tiles: (x, y, seed, form) => {
    const u = x * (0.8 + form);
    const v = y * (0.8 + form * 0.7);
    const joint = toEdge(u) < 0.03 || toEdge(v) < 0.03;
    const shade = 0.5 * valueNoise(whole(u + 0.5), whole(v + 0.5), seed);
    return (joint ? (form < 0.5 ? -0.9 : 0.8) : shade) + 0.3 * octaves(x * 2, y * 2, seed);
  },
  writing: (x, y, seed, form) => {
    const line = y * 3;
    const inLine = toEdge(line + 0.5) > 0.22;
    const stroke =
      valueNoise(x * 14, whole(line) * 17 + y * 9, seed) > 0.12 - 0.2 * form && valueNoise(x * 1.3, whole(line), seed + 5) > -0.4;
    return (inLine && stroke ? -1 : 0.5) + 0.25 * octaves(x, y, seed);
  },
  gradient: (x, y, seed, form) =>
    Math.sin(x * (0.4 + form) + y * (1 - form) + seed) +
    0.25 * octaves(x * 2, y * 2, seed) +
    0.06 * valueNoise(x * 30, y * 30, seed),
  marble: (x, y, seed, form) => {
    const vein = Math.abs(Math.sin(3 * x + 2 * y + 4 * octaves(x * 0.8, y * 0.8, seed)));
    return 0.6 - 1.6 * (1 - vein) ** (3 + 4 * form) + 0.3 * octaves(x, y, seed + 99);
  },
  bricks: (x, y, seed, form) => {
    const row = whole(y * 2.4);
    const u = x * (1 + form) + (row & 1) * 0.5;
    const joint = toEdge(u) < 0.04 || toEdge(y * 2.4) < 0.08;
    return joint ? 0.8 : 0.6 * valueNoise(whole(u + 0.5), row, seed) - 0.2 + 0.4 * valueNoise(x * 8, y * 8, seed);
  },
  speckle: (x, y, seed, form) =>
    (valueNoise(x * 9, y * 9, seed) > 0.3 + 0.3 * form ? 1 : -0.2) + 0.5 * octaves(x * 0.7, y * 0.7, seed),
  ripples: (x, y, seed) =>
    0.7 * Math.sin(9 * Math.hypot(x - 0.3, y + 0.4) + 3 * octaves(x, y, seed)) + 0.4 * valueNoise(x * 5, y * 5, seed),
  patches: (x, y, seed, form) => {
    const a = valueNoise(x * 1.2, y * 1.2, seed) > 0.1 ? 0.7 : -0.4;
    const b = valueNoise(x * 2.7, y * 2.7, seed + 71) > 0.25 * form ? 0.35 : -0.3;
    return a + b + 0.2 * valueNoise(x * 12, y * 12, seed);
  },
};

/** A texture of one of the families, with its colours, size and turn drawn. */
export function drawTexture(random: Random, families: readonly TextureFamily[], colour?: Colour): Sampler {
  const value = VALUES[random.pick(families)];
  const middle = colour ?? drawDull(random);
  const other = random.chance(0.35) ? drawDull(random) : undefined;
  const contrast = random.range(0.2, 0.8);
  const [high, low] = [0, 1].map((end) =>
    middle.map((part, i) =>
      other && end
        ? part + ((other[i] as number) - part) * 0.7
        : part * (end ? 1 - contrast : 1 + contrast) + 6 * random.normal(),
    ),
  ) as [number[], number[]];
  const scale = Math.exp(random.range(0, 2.2));
  const stretch = Math.exp(random.range(-0.5, 0.5));
  const angle = random.chance(0.5) ? random.range(-0.2, 0.2) : random.range(0, 2 * Math.PI);
  const cos = scale * Math.cos(angle);
  const sin = scale * Math.sin(angle);
  const shiftX = random.range(0, 40);
  const shiftY = random.range(0, 40);
  const seed = random.integer(0, NOISE_MASK);
  const form = random.uniform();
  return (x, y, out, at) => {
    const mix = 0.5 + 0.5 * value(shiftX + x * cos + y * sin, shiftY + (y * cos - x * sin) * stretch, seed, form);
    for (let i = 0; i < 3; i++) {
      const shown = (low[i] as number) + ((high[i] as number) - (low[i] as number)) * mix;
      out[at + i] = shown < 3 ? 3 : shown > 252 ? 252 : shown;
    }
  };
}
