/** What is behind the action: walls of many kinds, ground, things that stand around, and a silent thing that moves. */
import type { Random } from "@foley-control/core";
import { type Colour, createPaint, drawColour, luminance, valueNoise } from "./looks.js";
import { NOISE_MASK } from "./noise.js";
import { type Painter, solid } from "./painter.js";
import { type Material, SOLID_MATERIALS } from "./types.js";

const STYLES = ["flat", "gradient", "gradient", "checker", "stripes", "noise", "noise", "dots"] as const;

/** Fill the whole buffer with a random wall whose brightness keeps away from the given colour. */
export function paintWall(painter: Painter, random: Random, avoid: number): void {
  const draw = (): Colour => {
    const grey = random.range(30, 225);
    const tint = random.range(0, 45);
    return [grey + tint * random.normal(), grey + tint * random.normal(), grey + tint * random.normal()];
  };
  let first = draw();
  for (let attempt = 0; attempt < 8 && Math.abs(luminance(first) - avoid) < 45; attempt++) first = draw();
  const style = random.pick(STYLES);
  const contrast = random.range(0.08, 0.3);
  const second: Colour =
    style === "gradient" ? draw() : [first[0] * (1 - contrast), first[1] * (1 - contrast), first[2] * (1 - 0.8 * contrast)];
  const period = random.range(0.08, 0.28);
  const angle = random.range(0, Math.PI);
  const cos = Math.cos(angle) / period;
  const sin = Math.sin(angle) / period;
  const offset = random.integer(0, NOISE_MASK);
  const { data, width, scale } = painter;
  for (let row = 0; row < width; row++) {
    for (let column = 0; column < width; column++) {
      const x = column / scale;
      const y = row / scale;
      const p = x * cos + y * sin;
      const q = y * cos - x * sin;
      let mix = 0;
      if (style === "gradient") mix = Math.max(0, Math.min(1, 0.5 + 0.5 * (x * Math.cos(angle) + y * Math.sin(angle) - 0.5)));
      else if (style === "checker") mix = (Math.floor(p) + Math.floor(q)) & 1;
      else if (style === "stripes") mix = Math.floor(p) & 1;
      else if (style === "dots") mix = (p - Math.floor(p) - 0.5) ** 2 + (q - Math.floor(q) - 0.5) ** 2 < 0.09 ? 1 : 0;
      else if (style === "noise") mix = 0.5 + 0.7 * valueNoise(p, q, offset) + 0.4 * valueNoise(p * 2.3, q * 2.3, offset + 977);
      const index = (row * width + column) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const low = first[channel] as number;
        data[index + channel] = Math.max(0, Math.min(255, low + ((second[channel] as number) - low) * mix));
      }
    }
  }
}

/** Paint the ground below the line, with an edge. */
export function paintGround(painter: Painter, random: Random, ground: number, avoid: number, detail: number): void {
  const material = random.pick(["wood", "stone", "plastic", "ceramic", "stone", "wood"] satisfies Material[]);
  let colour = drawColour(material, random);
  for (let attempt = 0; attempt < 8 && Math.abs(luminance(colour) - avoid) < 30; attempt++) colour = drawColour(material, random);
  const paint = createPaint(material, random, { detail, colour, surface: true });
  painter.box(0.5, ground + 0.5, 1, 0.5, 0, paint);
  if (random.chance(0.6)) painter.box(0.5, ground + 0.008, 1, 0.008, 0, solid(colour[0] * 0.6, colour[1] * 0.6, colour[2] * 0.6));
}

/** Up to three things that never move nor sound. */
export function paintClutter(painter: Painter, random: Random, ground: number | null, detail: number): void {
  const count = random.integer(0, 4);
  for (let i = 0; i < count; i++) {
    const paint = createPaint(random.pick(SOLID_MATERIALS), random, { detail: Math.min(detail, 32) });
    const dull = { ...paint, alpha: 0.8 * paint.alpha, rimAlpha: 0.8, gloss: paint.gloss * 0.4 };
    const size = random.range(0.03, 0.1);
    const x = random.range(0, 1);
    const y = ground === null ? random.range(0, 1) : random.chance(0.6) ? ground - size : random.range(0.05, ground - size);
    if (random.chance(0.5)) painter.box(x, y, size * random.range(0.5, 1.6), size, 0, dull);
    else painter.ellipse(x, y, size, size, 0, dull);
  }
}

/** A silent moving thing in the background, or nothing (75 %). */
export function createWanderer(random: Random, detail: number): (painter: Painter, time: number) => void {
  if (!random.chance(0.25)) return () => {};
  const paint = createPaint(random.pick(SOLID_MATERIALS), random, { detail: Math.min(detail, 32) });
  const dull = { ...paint, alpha: 0.75 * paint.alpha, rimAlpha: 0.75 };
  const size = random.range(0.025, 0.05);
  const y = random.range(0.06, 0.4);
  const start = random.range(-0.2, 1.2);
  const speed = random.range(0.08, 0.35) * (random.chance(0.5) ? 1 : -1);
  const wave = random.range(0, 0.05);
  const rate = random.range(1, 4);
  return (painter, time) => {
    const turn = start + speed * time;
    const x = turn - 1.4 * Math.floor((turn + 0.2) / 1.4);
    painter.ellipse(x, y + wave * Math.sin(rate * time), size, size * 0.8, 0, dull);
  };
}
