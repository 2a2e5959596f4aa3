/** From a plan to bytes: background once, moving things for every exposure, then light, colour and sensor noise. */
import type { Random } from "@foley-control/core";
import { createWanderer, paintClutter, paintGround, paintWall } from "./backdrop.js";
import { CAMERA_REACH, type Camera } from "./camera.js";
import { NOISE_LENGTH, NOISE_MASK, whiteNoise } from "./noise.js";
import { Painter } from "./painter.js";
import type { ScenePlan } from "./plan.js";

/** Render all frames as RGB bytes; frame `k` averages exposures spread over `[k, k + 1) / frameRate`. */
export function renderFrames(
  plan: ScenePlan,
  camera: Camera,
  random: Random,
  options: { frameCount: number; frameRate: number; imageSize: number; brightness: number },
): Uint8Array {
  const { frameCount, frameRate, imageSize } = options;
  const detail = imageSize > 96 ? 96 : 32;
  const margin = Math.ceil(CAMERA_REACH * imageSize) + 1;
  const picture = plan.picture({ random: random.fork("objects"), detail });
  const wide = new Painter(imageSize, { margin, mirror: camera.mirror, zoom: camera.zoom });
  const backdrop = random.fork("backdrop");
  paintWall(wide, backdrop, options.brightness);
  if (plan.ground !== null) paintGround(wide, backdrop, plan.ground, options.brightness, imageSize > 96 ? 256 : 64);
  paintClutter(wide, backdrop, plan.ground, detail);
  picture.still?.(wide);
  const wanderer = createWanderer(backdrop, detail);

  const painter = new Painter(imageSize, { margin: 0, mirror: camera.mirror, zoom: camera.zoom });
  const background = new Float32Array(imageSize * imageSize * 3);
  const change = new Float32Array(background.length);
  const grade = createGrade(random.fork("grade"), imageSize);
  const out = new Uint8Array(background.length * frameCount);
  const { exposures } = plan;
  for (let frame = 0; frame < frameCount; frame++) {
    const middle = (frame + 0.5) / frameRate;
    painter.offsetX = camera.offsetX(middle);
    painter.offsetY = camera.offsetY(middle);
    if (frame === 0 || !camera.fixed) {
      shiftBackground(background, wide, imageSize, margin + -painter.offsetX * imageSize, margin - painter.offsetY * imageSize);
      painter.data.set(background);
    }
    let left = imageSize;
    let top = imageSize;
    let right = 0;
    let bottom = 0;
    for (let exposure = 0; exposure < exposures; exposure++) {
      painter.clean();
      const time = (frame + (exposure + 0.5) / exposures) / frameRate;
      wanderer(painter, time);
      picture.moving(painter, time);
      const canvas = painter.data;
      const row0 = painter.left * 3;
      const row1 = painter.right * 3;
      for (let y = painter.top; y < painter.bottom; y++) {
        const base = y * imageSize * 3;
        for (let i = base + row0; i < base + row1; i++) {
          const still = background[i] as number;
          change[i] = (change[i] as number) + (canvas[i] as number) - still;
          canvas[i] = still;
        }
      }
      if (painter.left < left) left = painter.left;
      if (painter.top < top) top = painter.top;
      if (painter.right > right) right = painter.right;
      if (painter.bottom > bottom) bottom = painter.bottom;
    }
    grade(out, frame, middle, background, change, 1 / exposures);
    for (let y = top; y < bottom; y++) change.fill(0, (y * imageSize + left) * 3, (y * imageSize + right) * 3);
  }
  return out;
}

/** Bilinear shift of the wide background into the picture. */
function shiftBackground(target: Float32Array, wide: Painter, size: number, startX: number, startY: number): void {
  const x0 = Math.floor(startX);
  const y0 = Math.floor(startY);
  const fx = startX - x0;
  const fy = startY - y0;
  const w00 = (1 - fx) * (1 - fy);
  const w01 = fx * (1 - fy);
  const w10 = (1 - fx) * fy;
  const w11 = fx * fy;
  const source = wide.data;
  const stride = wide.width * 3;
  for (let row = 0; row < size; row++) {
    let from = (y0 + row) * stride + x0 * 3;
    let to = row * size * 3;
    const end = to + size * 3;
    for (; to < end; to++, from++) {
      target[to] =
        w00 * (source[from] as number) +
        w01 * (source[from + 3] as number) +
        w10 * (source[from + stride] as number) +
        w11 * (source[from + stride + 3] as number);
    }
  }
}

/** Light falls unevenly, has a colour, may flicker slowly; the sensor adds noise. */
function createGrade(random: Random, size: number) {
  const exposure = random.range(0.75, 1.15);
  const tint = [1, 1, 1].map(() => exposure * Math.exp(0.06 * random.normal()));
  const slope = random.range(0, 0.35);
  const angle = random.range(0, 2 * Math.PI);
  const vignette = random.range(0, 0.25);
  const sensor = random.range(0.5, 5);
  const flicker = random.chance(0.3) ? random.range(0.02, 0.08) : 0;
  const rate = 2 * Math.PI * random.range(0.15, 1.2);
  const phase = random.range(0, 2 * Math.PI);
  const gains = new Float32Array(size * size * 3);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const x = (2 * column) / size - 1;
      const y = (2 * row) / size - 1;
      const light = 1 + slope * (x * Math.cos(angle) + y * Math.sin(angle)) * 0.7 - vignette * 0.5 * (x * x + y * y);
      for (let channel = 0; channel < 3; channel++)
        gains[(row * size + column) * 3 + channel] = light * (tint[channel] as number);
    }
  }
  const noise = whiteNoise();
  // Of its own, as in `finishAudio`.
  const mask = NOISE_MASK;
  const offsets = random.fork("sensor");
  return (out: Uint8Array, frame: number, time: number, background: Float32Array, change: Float32Array, weight: number): void => {
    const level = 1 + flicker * Math.sin(rate * time + phase);
    const count = background.length;
    let index = offsets.integer(0, NOISE_LENGTH);
    const base = frame * count;
    for (let i = 0; i < count; i++) {
      const value =
        ((background[i] as number) + (change[i] as number) * weight) * (gains[i] as number) * level +
        sensor * (noise[index & mask] as number) +
        0.5;
      index++;
      out[base + i] = value < 0 ? 0 : value > 255 ? 255 : value | 0;
    }
  };
}
