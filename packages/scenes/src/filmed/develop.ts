/** From light to a picture: lens, exposure, colour, lamps, sensor, what is laid over, bars. */
import type { Random } from "@foley-control/core";
import { NOISE_MASK, whiteNoise } from "../noise.js";

/** Develop one source picture (RGB, in place) that was exposed at `time`. */
export type Develop = (picture: Float32Array, time: number) => void;

/** Draw how a clip is developed. */
export function createDevelop(random: Random, size: number, seconds: number): Develop {
  const gamma = Math.exp(0.22 * random.normal());
  const gain = Math.exp(0.14 * random.normal());
  const lift = random.range(-16, 16);
  const saturation = random.chance(0.1) ? 0 : random.range(0.35, 1.35);
  const tint = [0, 1, 2].map(() => Math.exp(0.07 * random.normal()));
  const table = Float32Array.from({ length: 1024 }, (_, i) => knee(255 * gain * (i / 1023) ** gamma + lift));
  const drift = random.chance(0.4) ? random.range(-0.25, 0.25) : 0;
  const driftAt = random.range(0, seconds);
  const driftPace = random.range(0.15, 1.5);
  const lamp = random.chance(0.3) ? random.range(0.005, 0.05) : 0;
  const lampRate = 2 * Math.PI * (random.chance(0.5) ? random.range(0.4, 4) : random.range(5, 15));
  const vignette = random.range(0, 0.5);
  const slope = random.range(0, 0.5);
  const slopeAngle = random.range(0, 2 * Math.PI);
  const light = Float32Array.from({ length: size * size }, (_, i) => {
    const x = (2 * ((i % size) + 0.5)) / size - 1;
    const y = (2 * (Math.floor(i / size) + 0.5)) / size - 1;
    return 1 - 0.5 * vignette * (x * x + y * y) + 0.5 * slope * (x * Math.cos(slopeAngle) + y * Math.sin(slopeAngle));
  });
  const soft = random.chance(0.4) ? random.range(0.05, 0.75) * (size / 64) : 0;
  const breathe = random.chance(0.1) ? random.range(0.3, 1) : 0;
  const breatheRate = random.range(1, 4);
  const sensor = random.chance(0.7) ? Math.exp(random.range(-2.2, 1.3)) : 0;
  const noise = whiteNoise();
  // Of its own, as in `finishAudio`.
  const mask = NOISE_MASK;
  const offsets = random.fork("sensor");
  const over = createOverlay(random.fork("overlay"), size, seconds);
  return (picture, time) => {
    const blur = soft + breathe * (0.5 + 0.5 * Math.sin(breatheRate * time)) * (size / 64);
    if (blur > 0.04) soften(picture, size, blur);
    const level = (1 + drift * Math.tanh((time - driftAt) / driftPace)) * (1 + lamp * Math.sin(lampRate * time));
    let index = offsets.integer(0, mask);
    for (let i = 0; i < picture.length; i += 3) {
      const shine = (light[i / 3] as number) * level;
      const red = (picture[i] as number) * shine * (tint[0] as number);
      const green = (picture[i + 1] as number) * shine * (tint[1] as number);
      const blue = (picture[i + 2] as number) * shine * (tint[2] as number);
      const grey = 0.3 * red + 0.59 * green + 0.11 * blue;
      // Noise of a sensor is mostly of brightness.
      const grain = sensor * (noise[index++ & mask] as number);
      picture[i] = at(table, grey + saturation * (red - grey)) + grain;
      picture[i + 1] =
        at(table, grey + saturation * (green - grey)) + grain + 0.3 * sensor * (noise[(index * 3) & mask] as number);
      picture[i + 2] = at(table, grey + saturation * (blue - grey)) + grain;
    }
    over(picture, time);
  };
}

/** Highlights and shadows fade into white and black instead of ending there. */
const knee = (value: number): number =>
  value > 200 ? 200 + 55 * Math.tanh((value - 200) / 80) : value < 30 ? 30 - 30 * Math.tanh((30 - value) / 45) : value;

const at = (table: Float32Array, value: number): number =>
  table[value < 0 ? 0 : value > 255 ? 1023 : (value * 4.0117) | 0] as number;

/** Three-tap blur along rows, then along columns, as often as the width asks. */
function soften(picture: Float32Array, size: number, width: number): void {
  const rounds = Math.ceil(width);
  const weight = Math.min(0.32, 0.32 * (width / rounds));
  for (let round = 0; round < rounds; round++)
    for (const [step, line] of [
      [3, size * 3],
      [size * 3, 3],
    ] as const)
      for (let start = 0; start < size; start++)
        for (let channel = 0; channel < 3; channel++) {
          let place = start * line + channel;
          let before = picture[place] as number;
          for (let i = 0; i < size - 1; i++) {
            const here = picture[place] as number;
            picture[place] = here + weight * (before - 2 * here + (picture[place + step] as number));
            before = here;
            place += step;
          }
        }
}

/** Bars at two sides, and titles that come and go. */
function createOverlay(random: Random, size: number, seconds: number): Develop {
  const bars = random.chance(0.15) ? Math.round(random.range(0.04, 0.2) * size) : 0;
  const upright = random.chance(0.35);
  const titles = random.chance(0.15) ? random.integer(1, 3) : 0;
  const boxes = Array.from({ length: titles }, () => {
    const from = random.chance(0.4) ? -1 : random.range(0, seconds);
    return {
      from,
      to: from + random.range(0.3, 2 * seconds),
      left: Math.round(random.range(0, 0.6) * size),
      top: Math.round(random.range(0, 0.95) * size),
      width: Math.round(random.range(0.15, 0.8) * size),
      height: Math.max(2, Math.round(random.range(0.04, 0.14) * size)),
      ink: random.chance(0.7) ? 245 : 15,
      back: random.chance(0.3) ? random.range(0, 255) : -1,
      seed: random.integer(0, NOISE_MASK),
    };
  });
  const noise = whiteNoise();
  return (picture, time) => {
    for (const { from, to, left, top, width, height, ink, back, seed } of boxes) {
      if (time < from || time > to) continue;
      for (let y = top; y < Math.min(size, top + height); y++)
        for (let x = left; x < Math.min(size, left + width); x++) {
          const stroke =
            (noise[(seed + (x - left) * 7 + ((y - top) >> 1) * 131) & NOISE_MASK] as number) > 0.2 && (x - left) % 6 !== 5;
          if (!stroke && back < 0) continue;
          const i = (y * size + x) * 3;
          picture.fill(stroke ? ink : back, i, i + 3);
        }
    }
    for (let line = 0; line < bars; line++)
      for (let i = 0; i < size; i++)
        for (const [x, y] of upright
          ? [
              [line, i],
              [size - 1 - line, i],
            ]
          : [
              [i, line],
              [i, size - 1 - line],
            ])
          picture.fill(8, ((y as number) * size + (x as number)) * 3, ((y as number) * size + (x as number)) * 3 + 3);
  };
}
