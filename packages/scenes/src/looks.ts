/** How materials look: palettes with variation and procedural textures. */
import type { Random } from "@foley-control/core";
import { NOISE_MASK, whiteNoise } from "./noise.js";
import type { Paint } from "./painter.js";
import type { Material } from "./types.js";

/** RGB, 0 to 255. */
export type Colour = readonly [number, number, number];

const PALETTES: Readonly<Record<Material, readonly number[]>> = {
  metal: [0xa8acb4, 0x828a96, 0xcda546, 0xbc7048, 0xd7d7dc],
  glass: [0xbee6eb, 0x96d7be, 0xd7ebfa, 0xaabef0],
  wood: [0xa8703c, 0x784a26, 0xcda066, 0x925c3c],
  ceramic: [0xf0ece2, 0x3c64af, 0xebdcbe, 0x46968c, 0xe1ebf0],
  stone: [0x807c76, 0x5c5c60, 0x9e9280, 0x6e7670],
  plastic: [0xe6323c, 0x2882eb, 0xfac81e, 0x3cbe50, 0xf06ec8, 0xff8214],
  rubber: [0x26262a, 0x8c2424, 0x34462e, 0x3a3054],
  water: [0x4678b4, 0x5a96aa, 0x3c648c],
};

/** Smooth value noise in [-1, 1] at texture coordinates, from the shared table. */
export function valueNoise(x: number, y: number, offset: number): number {
  const table = whiteNoise();
  const xi = Math.floor(x);
  const yi = Math.floor(y);
  const fx = x - xi;
  const fy = y - yi;
  const sx = fx * fx * (3 - 2 * fx);
  const sy = fy * fy * (3 - 2 * fy);
  const from = offset + xi * 131 + yi * 7919;
  const top = corner(table, from) * (1 - sx) + corner(table, from + 131) * sx;
  const bottom = corner(table, from + 7919) * (1 - sx) + corner(table, from + 131 + 7919) * sx;
  return top * (1 - sy) + bottom * sy;
}

function corner(table: Float32Array, index: number): number {
  const value = (table[index & NOISE_MASK] as number) * 0.5;
  return value > 1 ? 1 : value < -1 ? -1 : value;
}

/** A colour of the material's palette with individual variation. */
export function drawColour(material: Material, random: Random): Colour {
  const colour = random.pick(PALETTES[material]);
  const [red, green, blue] = [colour >> 16, (colour >> 8) & 255, colour & 255];
  const light = Math.exp(0.1 * random.normal());
  return [red * light + 7 * random.normal(), green * light + 7 * random.normal(), blue * light + 7 * random.normal()];
}

/** Mean of the channels, weighted as the eye does. */
export function luminance([red, green, blue]: Colour): number {
  return 0.3 * red + 0.59 * green + 0.11 * blue;
}

/** Fill for an object or surface of the material. @param detail - texture width in pixels. */
export function createPaint(
  material: Material,
  random: Random,
  options: { detail: number; colour?: Colour; surface?: boolean },
): Paint {
  const colour = options.colour ?? drawColour(material, random);
  const detail = options.detail;
  const texture = new Float32Array(detail * detail * 3);
  const offset = random.integer(0, NOISE_MASK);
  const frequency = random.range(2.5, 5) * (options.surface ? 2 : 1);
  const band = random.chance(0.55);
  const bandColour: Colour = random.chance(0.5) ? [245, 240, 230] : [30, 34, 48];
  const contrast = random.range(0.6, 1.2);
  const bandAt = random.range(-0.4, 0.4);
  for (let row = 0; row < detail; row++) {
    const v = ((row + 0.5) / detail) * 2 - 1;
    for (let column = 0; column < detail; column++) {
      const u = ((column + 0.5) / detail) * 2 - 1;
      const light = 1 + contrast * grain(material, u, v, frequency, offset);
      const striped = band && !options.surface && hasBand(material) && Math.abs(v - bandAt) < 0.2;
      const index = (row * detail + column) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const value = ((striped ? bandColour : colour)[channel] as number) * light;
        texture[index + channel] = Math.max(4, Math.min(250, value));
      }
    }
  }
  const surface = options.surface === true;
  const glass = material === "glass" && !surface;
  return {
    texture,
    textureSize: detail,
    alpha: glass ? 0.55 : 1,
    rimAlpha: 1,
    shade: surface ? 0 : GLOSS[material] > 0.3 ? 0.5 : 0.35,
    gloss: surface ? 0 : GLOSS[material],
  };
}

const GLOSS: Readonly<Record<Material, number>> = {
  metal: 0.95,
  glass: 1,
  wood: 0.05,
  ceramic: 0.8,
  stone: 0,
  plastic: 0.4,
  rubber: 0.08,
  water: 0.5,
};

function hasBand(material: Material): boolean {
  return material === "ceramic" || material === "plastic" || material === "rubber";
}

function grain(material: Material, u: number, v: number, frequency: number, offset: number): number {
  if (material === "wood") return 0.22 * Math.sin(frequency * 2.2 * (v + 0.25 * valueNoise(u * 1.5, v * 3, offset)) * Math.PI);
  if (material === "stone") return 0.35 * valueNoise(u * frequency * 1.6, v * frequency * 1.6, offset);
  if (material === "metal") return 0.16 * valueNoise(u * 0.8, v * frequency * 2, offset) + 0.16 * Math.cos(v * 4);
  if (material === "water") return 0.12 * Math.sin(frequency * 3 * v + 2 * valueNoise(u * 2, v * 2, offset));
  return 0.05 * valueNoise(u * frequency, v * frequency, offset);
}
