/** What stands still around the action of a filmed scene: a far wall, a ground that begins somewhere, heaps of things, light and dark. */
import type { Random } from "@foley-control/core";
import type { Paint } from "../painter.js";
import { Painter } from "../painter.js";
import type { Pose } from "./camera.js";
import { drawDull, drawTexture, type TextureFamily } from "./textures.js";

/** Scene units that are painted; beyond, they are mirrored. */
const SPAN = 2.4;

/** Fill with a texture as photographs have them. */
export function photoPaint(
  random: Random,
  families: readonly TextureFamily[],
  options: { readonly detail: number; readonly over?: Paint } = { detail: 16 },
): Paint {
  const { over, detail } = options;
  const plain = over?.textureSize === 1;
  const sample = drawTexture(
    random,
    families,
    plain ? [over.texture[0] ?? 0, over.texture[1] ?? 0, over.texture[2] ?? 0] : undefined,
  );
  const mix = over && !plain ? random.range(0.25, 0.9) : 1;
  const span = random.range(0.3, 1.2);
  const texture = new Float32Array(detail * detail * 3);
  const colour = new Float32Array(3);
  for (let row = 0; row < detail; row++)
    for (let column = 0; column < detail; column++) {
      sample((column / detail) * span, (row / detail) * span, colour, 0);
      const index = (row * detail + column) * 3;
      const old =
        plain || !over
          ? 0
          : (Math.floor((row * over.textureSize) / detail) * over.textureSize +
              Math.floor((column * over.textureSize) / detail)) *
            3;
      for (let i = 0; i < 3; i++) {
        const base = over && !plain ? (over.texture[old + i] as number) : 0;
        texture[index + i] = base + ((colour[i] as number) - base) * mix;
      }
    }
  const shade = random.range(0.1, 0.6);
  return over
    ? { ...over, texture, textureSize: detail, shade: Math.max(shade, over.shade), gloss: over.gloss * random.range(0, 1) }
    : { texture, textureSize: detail, alpha: 1, rimAlpha: 1, shade, gloss: random.chance(0.15) ? random.range(0.2, 0.8) : 0 };
}

/** Everything that stands still, as one wide picture. */
export function paintWorld(
  random: Random,
  options: {
    readonly size: number;
    readonly zoom: number;
    readonly ground: number | null;
    readonly textures: readonly TextureFamily[];
  },
): Painter {
  const { size, textures, ground } = options;
  const width = Math.round(SPAN * size * Math.max(0.6, Math.min(1.2, options.zoom)));
  const painter = new Painter(width, { margin: 0, mirror: false, zoom: 1 / SPAN });
  const wall = drawTexture(random, textures);
  const floor = drawTexture(random, textures);
  const edge =
    ground === null || random.chance(0.25)
      ? random.chance(0.5)
        ? -9
        : 9
      : ground - (random.chance(0.3) ? 0 : random.range(0, 0.45));
  const tilt = 0.12 * random.normal();
  const dark = random.range(0, 0.5);
  const darkAt = random.range(0.03, 0.3);
  const { data } = painter;
  for (let row = 0; row < width; row++) {
    const y = ((row + 0.5) / width - 0.5) * SPAN + 0.5;
    for (let column = 0; column < width; column++) {
      const x = ((column + 0.5) / width - 0.5) * SPAN + 0.5;
      const at = (row * width + column) * 3;
      const depth = y - edge - tilt * (x - 0.5);
      if (depth > 0) {
        // Seen flat: what is farther is smaller.
        const far = ground === null ? 1 : 1 / (0.35 + Math.min(2, depth));
        floor((x - 0.5) * far, edge > -5 ? 2 * far : y, data, at);
      } else wall(x, y, data, at);
      if (depth < 0 && depth > -darkAt)
        for (let i = 0; i < 3; i++) data[at + i] = (data[at + i] as number) * (1 - dark * (1 + depth / darkAt));
    }
  }
  const crowded = random.chance(0.4);
  const count = random.integer(0, crowded ? 40 : 9);
  for (let i = 0; i < count; i++) {
    const paint = photoPaint(random, textures, { detail: 12 });
    const reach = Math.exp(random.range(-3.9, crowded ? -1.8 : -1.1));
    const [x, y] = [random.range(-0.5, 1.5), random.range(-0.5, 1.5)];
    const [angle, aspect] = [random.chance(0.4) ? 0 : random.range(0, 3.1), random.range(0.3, 1.4)];
    if (random.chance(0.6)) painter.ellipse(x + 0.15 * reach, y + 0.25 * reach, 1.05 * reach, reach * aspect, angle, SHADOW);
    const kind = random.uniform();
    if (kind < 0.45) painter.box(x, y, reach, reach * aspect, angle, paint);
    else if (kind < 0.75) painter.ellipse(x, y, reach, reach * aspect, angle, paint);
    else painter.capsule(x, y, x + random.range(-0.5, 0.5), y + random.range(-0.5, 0.5), reach * 0.3, paint);
  }
  return painter;
}

const SHADOW: Paint = { texture: new Float32Array([8, 8, 12]), textureSize: 1, alpha: 0.4, rimAlpha: 0.1, shade: 0, gloss: 0 };

/** What a camera sees of the world: bilinear, RGB into `out`. */
export function lookAt(world: Painter, pose: Pose, mirror: boolean, size: number, out: Float32Array): void {
  const { width, data } = world;
  const perUnit = width / SPAN;
  const step = perUnit / (size * pose.zoom);
  const side = mirror ? -1 : 1;
  const cos = Math.cos(pose.angle) * step;
  const sin = Math.sin(pose.angle) * step;
  const limit = width - 1.001;
  const middleX = width / 2 - pose.x * perUnit - 0.5;
  const middleY = width / 2 - pose.y * perUnit - 0.5;
  let to = 0;
  for (let row = 0; row < size; row++) {
    const v = row + 0.5 - size / 2;
    let x = middleX + side * ((0.5 - size / 2) * cos + v * sin);
    let y = middleY - (0.5 - size / 2) * sin + v * cos;
    for (let column = 0; column < size; column++, to += 3, x += side * cos, y -= sin) {
      const px = x < 0 || x > limit ? reflect(x, limit) : x;
      const py = y < 0 || y > limit ? reflect(y, limit) : y;
      const x0 = px | 0;
      const y0 = py | 0;
      const fx = px - x0;
      const fy = py - y0;
      const from = (y0 * width + x0) * 3;
      const below = from + width * 3;
      for (let i = 0; i < 3; i++) {
        const top = (data[from + i] as number) * (1 - fx) + (data[from + 3 + i] as number) * fx;
        const bottom = (data[below + i] as number) * (1 - fx) + (data[below + 3 + i] as number) * fx;
        out[to + i] = top + (bottom - top) * fy;
      }
    }
  }
}

/** Beyond the edge the world is seen as in a mirror. */
const reflect = (place: number, limit: number): number => {
  const turn = Math.abs(place) % (2 * limit);
  return turn > limit ? 2 * limit - turn : turn;
};

/** A texture's middle colour without one: for things that are drawn in a colour. */
export const dullPaint = (random: Random): Paint => {
  const [red, green, blue] = drawDull(random);
  return { texture: new Float32Array([red, green, blue]), textureSize: 1, alpha: 1, rimAlpha: 1, shade: 0.3, gloss: 0 };
};
