/** From a plan to a film: what a hand-held camera of some rate saw, packed, and shown at the asked rate. */
import type { Random } from "@foley-control/core";
import { type Paint, Painter, solid } from "../painter.js";
import type { ScenePlan } from "../plan.js";
import type { FilmCamera } from "./camera.js";
import { createCodec } from "./codec.js";
import { createDevelop } from "./develop.js";
import { drawMover } from "./movers.js";
import type { FilmStyle } from "./style.js";
import { lookAt, paintWorld, photoPaint } from "./world.js";

/** Render all frames as RGB bytes; frame `k` is what is shown at `(k + ½) / frameRate`. */
export function renderFilm(
  plan: ScenePlan,
  camera: FilmCamera,
  random: Random,
  options: { frameCount: number; frameRate: number; imageSize: number; style: FilmStyle },
): Uint8Array {
  const { frameCount, frameRate, imageSize: size, style } = options;
  const seconds = frameCount / frameRate;
  const textures = style.textures;
  const detail = size > 96 ? 40 : 20;
  const picture = plan.picture({ random: random.fork("objects"), detail: size > 96 ? 64 : 24 });
  const world = paintWorld(random.fork("world"), { size, zoom: camera.at(seconds / 2).zoom, ground: plan.ground, textures });
  const dress = createDress(random.fork("dress"), textures, detail);
  world.dress = dress;
  picture.still?.(world);
  const around = random.fork("movers");
  const movers = Array.from({ length: around.chance(0.4) ? 0 : around.integer(1, 4) }, () =>
    drawMover(around, () => photoPaint(around, textures, { detail: 12 }), seconds),
  );
  const inFront = around.chance(0.07) ? movers.pop() : undefined;
  const light = random.fork("light");
  const shadow = light.chance(0.5) ? solid(6, 6, 10, light.range(0.12, 0.4)) : undefined;
  const [shadowX, shadowY] = [light.range(-0.06, 0.06), light.range(0.01, 0.09)];

  const capture = random.fork("capture");
  const rate = capture.pick(style.rates);
  const late = capture.uniform() / rate;
  const shutter = Math.exp(capture.range(Math.log(0.05), 0));
  const stutter = capture.chance(0.15) ? capture.range(0.02, 0.12) : 0;
  const ghost = style.interlaced && capture.chance(0.5);
  const exposures = shutter < 0.15 ? 1 : shutter < 0.45 ? 2 : 3;
  const develop = createDevelop(random.fork("develop"), size, seconds);
  const pack = createCodec(random.fork("codec"), capture.pick(style.codecs), size);

  const painter = new Painter(size, { margin: 0, mirror: camera.mirror, zoom: 1 });
  const sum = new Float32Array(size * size * 3);
  const expose = (time: number) => {
    const pose = camera.at(time);
    lookAt(world, pose, camera.mirror, size, painter.data);
    painter.scale = size * pose.zoom;
    painter.turn = pose.angle;
    const place = (x: number, y: number) => {
      painter.offsetX = (camera.mirror ? -1 : 1) * (pose.x + x) * pose.zoom;
      painter.offsetY = (pose.y + y) * pose.zoom;
    };
    place(0, 0);
    painter.dress = undefined;
    for (const mover of movers) mover(painter, time);
    if (shadow) {
      place(shadowX, shadowY);
      painter.dress = (paint) => (paint.alpha < 1 ? NOTHING : shadow);
      picture.moving(painter, time);
      place(0, 0);
    }
    painter.dress = dress;
    picture.moving(painter, time);
    painter.dress = undefined;
    inFront?.(painter, time);
  };
  const out = new Uint8Array(sum.length * frameCount);
  let shown = Number.NaN;
  for (let frame = 0; frame < frameCount; frame++) {
    let source = Math.floor(((frame + 0.5) / frameRate + late) * rate);
    const start = frame * sum.length;
    if (frame > 0 && stutter && source !== shown && capture.chance(stutter)) source = shown;
    if (source === shown) {
      out.copyWithin(start, start - sum.length, start);
      continue;
    }
    shown = source;
    const middle = (source + 0.5) / rate - late;
    const times = ghost
      ? [middle - 0.25 / rate, middle + 0.25 / rate]
      : Array.from({ length: exposures }, (_, i) => middle + (shutter / rate) * ((i + 0.5) / exposures - 0.5));
    sum.fill(0);
    for (const time of times) {
      expose(time);
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (painter.data[i] as number) / times.length;
    }
    develop(sum, middle);
    pack(sum);
    for (let i = 0; i < sum.length; i++) {
      const value = (sum[i] as number) + 0.5;
      out[start + i] = value < 0 ? 0 : value > 255 ? 255 : value | 0;
    }
  }
  return out;
}

const NOTHING = solid(0, 0, 0, 0);

/** Every fill of the scene gets a surface as photographs have them, once. */
function createDress(random: Random, textures: FilmStyle["textures"], detail: number): (paint: Paint) => Paint {
  const dressed = new WeakMap<Paint, Paint>();
  return (paint) => {
    if (paint.alpha < 1 && paint.textureSize === 1) return paint;
    let found = dressed.get(paint);
    if (!found) {
      found = random.chance(0.85)
        ? photoPaint(random, textures, { detail, over: paint })
        : { ...paint, shade: Math.max(0.3, paint.shade) };
      dressed.set(paint, found);
    }
    return found;
  };
}
