import { createRandom } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { PLANNERS } from "../classes/index.js";
import { type Paint, Painter, solid } from "../painter.js";
import type { ScenePlan } from "../plan.js";
import { FILM_CLASSES, FILM_HELD_OUT_CLASSES, type SceneClass } from "../types.js";
import { drawFilmCamera } from "./camera.js";
import { FILM_STYLES } from "./style.js";
import { lookAt } from "./world.js";

interface Shape {
  readonly x: number;
  readonly y: number;
  readonly a: number;
  readonly b: number;
  readonly angle: number;
}

/** Notes what is drawn instead of drawing it. */
class Notes extends Painter {
  readonly shapes: Shape[] = [];

  constructor() {
    super(8, { margin: 0, mirror: false, zoom: 1 });
  }

  override ellipse(x: number, y: number, a: number, b: number, angle: number, paint: Paint): void {
    if (paint.alpha > 0.9 || paint.textureSize > 1) this.shapes.push({ x, y, a, b, angle });
  }

  override box(x: number, y: number, a: number, b: number, angle: number, paint: Paint): void {
    this.ellipse(x, y, a, b, angle, paint);
  }

  override capsule(x0: number, y0: number, x1: number, y1: number, radius: number, paint: Paint): void {
    const length = Math.hypot(x1 - x0, y1 - y0) / 2;
    this.ellipse((x0 + x1) / 2, (y0 + y1) / 2, length + radius, radius, Math.atan2(y1 - y0, x1 - x0), paint);
  }
}

/** How far a place is from a shape, 0 inside. */
function distance({ x, y, a, b, angle }: Shape, px: number, py: number): number {
  const [dx, dy] = [px - x, py - y];
  const u = Math.abs(dx * Math.cos(angle) + dy * Math.sin(angle)) - a;
  const v = Math.abs(dy * Math.cos(angle) - dx * Math.sin(angle)) - b;
  return Math.hypot(Math.max(0, u), Math.max(0, v));
}

const planOf = (name: SceneClass, seed: number): ScenePlan =>
  PLANNERS[name]({ random: createRandom(seed, "truth", name), seconds: 2 });

/** Share of contacts at whose time and place something moves otherwise than before. */
function shareSeen(name: SceneClass): number {
  // Someone who jumps comes down on two feet, a rod on an end: the contact is in the middle.
  const near = name === "hop" || name === "drop" ? 0.12 : 0.012;
  let seen = 0;
  let counted = 0;
  for (let seed = 0; seed < 25; seed++) {
    const plan = planOf(name, seed);
    const picture = plan.picture({ random: createRandom(seed, "look", name), detail: 4 });
    const at = (time: number) => {
      const notes = new Notes();
      picture.moving(notes, time);
      return notes.shapes;
    };
    for (const { time, x, y } of plan.contacts) {
      if (time < 0.05 || time > 1.95) continue;
      counted++;
      const step = 0.004;
      const [before, just, now, after, later] = [-2 * step, -step / 8, 0, step, 2 * step].map((off) => at(time + off)) as [
        Shape[],
        Shape[],
        Shape[],
        Shape[],
        Shape[],
      ];
      const turns = now.some((shape, i) => {
        const [b, j, a, l] = [before[i], just[i], after[i], later[i]];
        if (!b || !j || !a || !l || distance(shape, x, y) > near) return false;
        const tip = (of: Shape) => [of.x, of.y, of.a * Math.cos(of.angle), of.a * Math.sin(of.angle), of.a] as const;
        const change = tip(l).map(
          (value, k) => value - (tip(a)[k] as number) - ((tip(j)[k] as number) - (tip(b)[k] as number)) * (8 / 15),
        );
        return Math.hypot(...change) > 0.00012;
      });
      if (turns) seen++;
    }
  }
  expect(counted).toBeGreaterThan(15);
  return seen / counted;
}

/** These classes draw contacts of their own kinds: streams of grains, drops, ticks of a hand that does not move far. */
const OTHERS: readonly SceneClass[] = ["scrape", "roll", "silent-motion", "idle", "fidget", "tick", "drip", "scatter"];
const CLASSES = [...FILM_CLASSES, ...FILM_HELD_OUT_CLASSES].filter((name) => !OTHERS.includes(name));

describe("contacts", () => {
  it.each(CLASSES)("of %s are where and when something that moves turns, stops or gives way", (name) => {
    expect(shareSeen(name)).toBeGreaterThan(0.97);
  });
});

describe("a camera", () => {
  it("shows a place where it says: of what moves and of what stands still", () => {
    for (let seed = 0; seed < 40; seed++) {
      const plan = planOf("poke", seed);
      const { cameras } = FILM_STYLES[seed % 2 ? "film" : "film-held-out"];
      const camera = drawFilmCamera(createRandom(seed, "camera"), { seconds: 2, plan, kinds: cameras });
      const time = (seed % 8) / 4;
      const pose = camera.at(time);
      const [x, y] = [0.5 - pose.x + 0.1, 0.5 - pose.y - 0.15];
      const place = camera.project(x, y, time);
      // Farther out the world's mirror image is seen too.
      if (Math.max(Math.abs(pose.x), Math.abs(pose.y)) > 0.6) continue;
      if (Math.max(Math.abs(place.x - 0.5), Math.abs(place.y - 0.5)) > 0.4) continue;
      const dot = solid(255, 255, 255);
      const size = 64;
      const painter = new Painter(size, { margin: 0, mirror: camera.mirror, zoom: pose.zoom });
      painter.turn = pose.angle;
      painter.offsetX = (camera.mirror ? -1 : 1) * pose.x * pose.zoom;
      painter.offsetY = pose.y * pose.zoom;
      painter.ellipse(x, y, 0.04, 0.04, 0, dot);
      const world = new Painter(240, { margin: 0, mirror: false, zoom: 1 / 2.4 });
      world.ellipse(x, y, 0.04, 0.04, 0, dot);
      const still = new Float32Array(size * size * 3);
      lookAt(world, pose, camera.mirror, size, still);
      for (const shown of [painter.data, still]) {
        const [cx, cy] = centre(shown, size);
        expect(Math.abs(cx - place.x)).toBeLessThan(0.012);
        expect(Math.abs(cy - place.y)).toBeLessThan(0.012);
      }
    }
  });
});

/** Middle of what is light, 0 to 1. */
function centre(picture: Float32Array, size: number): [number, number] {
  let [sum, sumX, sumY] = [0, 0, 0];
  for (let i = 0; i < size * size; i++) {
    const value = picture[3 * i] as number;
    sum += value;
    sumX += value * ((i % size) + 0.5);
    sumY += value * (Math.floor(i / size) + 0.5);
  }
  return [sumX / sum / size, sumY / sum / size];
}
