/**
 * A rendered clip filmed anew: through another lens, from a hand, at another rate, through another sensor and another codec. A scene that comes
 * back in a training is never seen twice the same way.
 */
import { createRandom, type Random } from "@foley-control/core";

/** Bytes of brightness: pictures one after the other, row by row. */
export interface LumaClip {
  readonly luma: Uint8Array;
  /** Pixels per side. */
  readonly size: number;
  /** Per second. */
  readonly frameRate: number;
}

/** A clip as it was filmed, and where things went. */
export interface FilmedClip {
  readonly luma: Uint8Array;
  /** Place of a moment in the new pictures, 0 to 1 within them. */
  place(time: number, x: number, y: number): { readonly x: number; readonly y: number };
}

/** Rates of cameras; a picture stays until the next is there. */
const RATES = [0, 0, 0, 30, 30, 25, 24, 15] as const;
const BLOCK = 8;

/**
 * Films `clip` as `random` draws it, in pictures of `size` pixels per side. Things at `places` (0 to 1) are looked at. Of a clip that looks like
 * film `already` only another part is taken, in another light.
 */
export function filmed(
  clip: LumaClip,
  size: number,
  random: Random,
  places: readonly { readonly x: number; readonly y: number }[],
  { already = false }: { readonly already?: boolean } = {},
): FilmedClip {
  const frames = clip.luma.length / clip.size ** 2;
  const views = drawViews(clip, frames, size, random, places, already);
  const shown = already ? [...views.keys()] : shownFrames(frames, clip.frameRate, random.pick(RATES), random);
  const light = drawLight(frames, clip.frameRate, random, already ? 0.3 : 1);
  const blur = !already && random.chance(0.4) ? random.range(0.1, 0.8) : 0;
  const noise = !already && random.chance(0.7) ? 10 ** random.range(-0.3, 0.95) : 0;
  const quality = !already && random.chance(0.4) ? random.range(1, 9) : 0;
  const luma = new Uint8Array(frames * size ** 2);
  const picture = new Float32Array(size ** 2);
  for (let frame = 0; frame < frames; frame++) {
    const to = luma.subarray(frame * size ** 2, (frame + 1) * size ** 2);
    const of = shown[frame] as number;
    if (frame > 0 && of === shown[frame - 1]) {
      to.set(luma.subarray((frame - 1) * size ** 2, frame * size ** 2));
      continue;
    }
    look(clip, of, views[of] as View, picture, size);
    if (blur > 0) soften(picture, size, blur);
    expose(picture, light(of), noise, random);
    if (quality > 0) compress(picture, size, quality);
    for (let i = 0; i < to.length; i++) to[i] = Math.min(255, Math.max(0, Math.round(picture[i] as number)));
  }
  return {
    luma,
    place(time, x, y) {
      const frame = Math.min(frames - 1, Math.max(0, Math.floor(time * clip.frameRate)));
      const { a, b, c, d, e, f } = views[frame] as View;
      // The inverse of the view, which says where a pixel comes from.
      const [u, v, det] = [x * clip.size - 0.5 - e, y * clip.size - 0.5 - f, a * d - b * c];
      return { x: ((d * u - b * v) / det + 0.5) / size, y: ((a * v - c * u) / det + 0.5) / size };
    },
  };
}

/** Pixel (u, v) shows (a·u + b·v + e, c·u + d·v + f) of the clip. */
type View = Readonly<Record<"a" | "b" | "c" | "d" | "e" | "f", number>>;

function drawViews(
  clip: LumaClip,
  frames: number,
  size: number,
  random: Random,
  places: readonly { readonly x: number; readonly y: number }[],
  already: boolean,
): View[] {
  const shownPart = random.range(already ? 0.75 : 0.62, 1);
  const scale = (shownPart * clip.size) / size;
  const aspect = Math.exp(random.range(-0.3, 0.3));
  const roll = random.chance(already ? 1 : 0.85) ? 0.1 * random.normal() : random.range(-1.5, 1.5);
  const slack = (clip.size * (1 - shownPart)) / 2;
  const middle = (pick: "x" | "y"): number => {
    const centre = clip.size / 2;
    if (places.length === 0) return centre + random.range(-slack, slack);
    const mean = (places.reduce((sum, place) => sum + place[pick], 0) / places.length) * clip.size;
    return centre + Math.min(1.3 * slack, Math.max(-1.3 * slack, mean - centre + 0.1 * clip.size * random.normal()));
  };
  const [x, y] = [middle("x"), middle("y")];
  // A camera stands, or is held by a hand, from calm to shaking; pixels of the clip.
  const amplitude = already || random.chance(0.35) ? 0 : 10 ** random.range(-0.9, 0.5);
  const [dx, dy, turn, zoom] = [amplitude, amplitude, 0.006 * amplitude, 0.004 * amplitude].map((by) =>
    drawPath(frames, clip.frameRate, by, random),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const pan = random.chance(0.15) ? ([random.range(-14, 14), random.range(-6, 6)] as const) : ([0, 0] as const);
  const zooming = random.chance(0.1) ? random.range(-0.15, 0.15) : 0;
  return Array.from({ length: frames }, (_, frame): View => {
    const along = (2 * frame) / frames - 1;
    const angle = roll + (turn[frame] as number);
    const wide = scale * (1 + (zoom[frame] as number)) * Math.exp(zooming * along);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const [sx, sy] = [wide * aspect ** 0.5, wide / aspect ** 0.5];
    const [a, b, c, d] = [cos * sx, -sin * sy, sin * sx, cos * sy];
    const half = (size - 1) / 2;
    const [cx, cy] = [x + (dx[frame] as number) + pan[0] * along, y + (dy[frame] as number) + pan[1] * along];
    return { a, b, c, d, e: cx - a * half - b * half, f: cy - c * half - d * half };
  });
}

/** Where a hand wanders: slow swings, drift and tremor. */
function drawPath(frames: number, frameRate: number, amplitude: number, random: Random): Float64Array {
  const path = new Float64Array(frames);
  if (amplitude === 0) return path;
  const swings = Array.from({ length: 3 }, () => [0.4 * random.normal(), random.range(0.2, 2.5), random.range(0, 6.3)] as const);
  const [drift, tremor] = [0.04 * random.uniform(), 0.05 * random.uniform()];
  let place = 0;
  for (let frame = 0; frame < frames; frame++) {
    place += drift * random.normal();
    path[frame] = swings.reduce(
      (sum, [by, rate, phase]) => sum + by * Math.sin((6.283 * rate * frame) / frameRate + phase),
      place + tremor * random.normal(),
    );
  }
  const mean = path.reduce((sum, value) => sum + value, 0) / frames;
  return path.map((value) => amplitude * (value - mean));
}

/** Which picture is on show in each frame: that which a camera of `rate` (0: as many as there are) took last; some repeat one now and then. */
function shownFrames(frames: number, frameRate: number, rate: number, random: Random): readonly number[] {
  const stutter = random.chance(0.15) ? random.range(0.01, 0.08) : 0;
  let last = 0;
  return Array.from({ length: frames }, (_, frame) => {
    const taken =
      rate === 0 ? frame : Math.min(frame, Math.ceil((Math.floor((frame * rate) / frameRate + 1e-6) * frameRate) / rate - 1e-6));
    if (frame === 0 || !random.chance(stutter)) last = taken;
    return last;
  });
}

/** What becomes of brightness on its way to a file: a curve, and what changes with time. */
function drawLight(frames: number, frameRate: number, random: Random, much: number): (frame: number) => Float32Array {
  const gamma = Math.exp(0.35 * much * random.normal());
  const [gain, lift] = [Math.exp(0.25 * much * random.normal()), much * random.range(-30, 30)];
  const curve = Float32Array.from({ length: 256 }, (_, i) => 255 * gain * (i / 255) ** gamma + lift);
  const flicker = random.chance(0.3) ? much * random.range(0, 0.04) : 0;
  const [hum, phase] = [random.chance(0.15) ? much * random.range(0, 0.06) : 0, random.range(0, 6.3)];
  const [change, when] = [random.chance(0.25) ? much * random.range(-0.25, 0.25) : 0, random.range(0, frames)];
  const beat = random.range(1, 14);
  const levels = Array.from({ length: frames }, (_, frame) => {
    const slow = change * Math.tanh((frame - when) / (0.3 * frameRate));
    return 1 + slow + flicker * random.normal() + hum * Math.sin((6.283 * beat * frame) / frameRate + phase);
  });
  return (frame) => curve.map((value) => value * (levels[frame] as number));
}

function look(
  { luma, size: from }: LumaClip,
  frame: number,
  { a, b, c, d, e, f }: View,
  picture: Float32Array,
  size: number,
): void {
  const start = frame * from * from;
  const most = from - 1;
  const fold = (at: number): number => {
    const inside = at < 0 ? -at : at > most ? 2 * most - at : at;
    return inside < 0 ? 0 : inside > most ? most : inside;
  };
  for (let v = 0; v < size; v++) {
    for (let u = 0; u < size; u++) {
      const x = fold(a * u + b * v + e);
      const y = fold(c * u + d * v + f);
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [fx, fy] = [x - left, y - top];
      const right = left < most ? 1 : 0;
      const at = start + top * from + left;
      const below = at + (top < most ? from : 0);
      const upper = (luma[at] as number) * (1 - fx) + (luma[at + right] as number) * fx;
      const lower = (luma[below] as number) * (1 - fx) + (luma[below + right] as number) * fx;
      picture[v * size + u] = upper * (1 - fy) + lower * fy;
    }
  }
}

/** A mean with the neighbours along rows, then along columns. */
function soften(picture: Float32Array, size: number, by: number): void {
  for (const step of [1, size]) {
    const before = picture.slice();
    for (let i = step; i < picture.length - step; i++)
      picture[i] = (1 - by) * (before[i] as number) + 0.5 * by * ((before[i - step] as number) + (before[i + step] as number));
  }
}

const GRAIN = (() => {
  const random = createRandom(1, "grain");
  return Float32Array.from({ length: 1 << 16 }, () => random.normal());
})();

function expose(picture: Float32Array, curve: Float32Array, noise: number, random: Random): void {
  const from = random.integer(0, GRAIN.length);
  for (let i = 0; i < picture.length; i++)
    picture[i] = (curve[(picture[i] as number) | 0] as number) + noise * (GRAIN[(from + i) & 0xffff] as number);
}

/** Cosines of a block. */
const COSINES = Float32Array.from({ length: BLOCK * BLOCK }, (_, i) => {
  const [k, n] = [Math.floor(i / BLOCK), i % BLOCK];
  return (k === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((n + 0.5) * k * Math.PI) / BLOCK);
});

/** Blocks of 8×8 lose what their cosines have below a step, which grows with frequency, as in JPEG and its kin. */
function compress(picture: Float32Array, size: number, quality: number): void {
  const [block, half] = [new Float32Array(BLOCK * BLOCK), new Float32Array(BLOCK * BLOCK)];
  const turn = (from: Float32Array, to: Float32Array, back: boolean): void => {
    // to = C·fromᵀ, or Cᵀ·fromᵀ: twice of it is the transform of both axes.
    for (let k = 0; k < BLOCK; k++)
      for (let row = 0; row < BLOCK; row++) {
        let sum = 0;
        for (let n = 0; n < BLOCK; n++)
          sum += (COSINES[back ? n * BLOCK + k : k * BLOCK + n] as number) * (from[row * BLOCK + n] as number);
        to[k * BLOCK + row] = sum;
      }
  };
  for (let top = 0; top + BLOCK <= size; top += BLOCK)
    for (let left = 0; left + BLOCK <= size; left += BLOCK) {
      for (let y = 0; y < BLOCK; y++)
        for (let x = 0; x < BLOCK; x++) block[y * BLOCK + x] = picture[(top + y) * size + left + x] as number;
      turn(block, half, false);
      turn(half, block, false);
      for (let i = 0; i < block.length; i++) {
        const step = quality * (2 + Math.floor(i / BLOCK) + (i % BLOCK));
        block[i] = step * Math.round((block[i] as number) / step);
      }
      turn(block, half, true);
      turn(half, block, true);
      for (let y = 0; y < BLOCK; y++)
        for (let x = 0; x < BLOCK; x++) picture[(top + y) * size + left + x] = block[y * BLOCK + x] as number;
    }
}
