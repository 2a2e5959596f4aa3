/** A camera in a hand, on a tripod, on a body: where it points is a smooth function of time, so that contacts can be followed exactly. */
import type { Random } from "@foley-control/core";
import type { ScenePlan } from "../plan.js";
import type { CameraKind } from "./style.js";

/** Where a camera points. */
export interface Pose {
  /** Scene units that the middle of the picture is moved by, before zoom. */
  readonly x: number;
  readonly y: number;
  /** Radians. */
  readonly angle: number;
  readonly zoom: number;
}

/** A camera that films a scene. */
export interface FilmCamera {
  readonly mirror: boolean;
  at(time: number): Pose;
  /** Place in the picture, 0 to 1, of a place in the scene at a time. */
  project(x: number, y: number, time: number): { readonly x: number; readonly y: number };
}

type Path = (time: number) => number;

/** A sum of sines, about 1 high. */
function waves(random: Random, slowest: number, fastest: number, count: number): Path {
  const parts = Array.from({ length: count }, () => ({
    rate: 2 * Math.PI * Math.exp(random.range(Math.log(slowest), Math.log(fastest))),
    phase: random.range(0, 2 * Math.PI),
  }));
  return (time) => parts.reduce((sum, { rate, phase }) => sum + Math.sin(rate * time + phase), 0) / Math.sqrt(count);
}

/** Draw a camera that mostly has the contacts in its picture. */
export function drawFilmCamera(
  random: Random,
  options: { seconds: number; plan: Pick<ScenePlan, "contacts" | "follow">; kinds: readonly CameraKind[] },
): FilmCamera {
  const { seconds, kinds } = options;
  const { contacts, follow = () => [0, 0] as const } = options.plan;
  const kind = random.pick(kinds);
  const mirror = random.chance(0.5);
  const shown = contacts.map(({ x, y, time }) => {
    const [alongX, alongY] = follow(time);
    return { x: x - alongX, y: y - alongY };
  });
  const middle = shown.length
    ? shown.reduce((sum, { x, y }) => ({ x: sum.x + x / shown.length, y: sum.y + y / shown.length }), { x: 0, y: 0 })
    : { x: 0.5, y: 0.5 };
  const frame = () => {
    const zoom = Math.exp(random.range(-0.45, 0.75));
    const stray = random.chance(0.12) ? 0.4 : 0.14;
    const near = random.range(0.5, 1);
    return {
      zoom,
      x: -near * (middle.x - 0.5) + (stray * random.normal()) / zoom,
      y: -near * (middle.y - 0.5) + (stray * random.normal()) / zoom,
      angle: random.chance(0.12) ? random.range(-Math.PI, Math.PI) : 0.1 * random.normal(),
    };
  };
  const first = frame();
  const other = frame();
  const cut = random.range(0.15, 0.85) * seconds;
  const cuts = random.chance(0.1) && contacts.every(({ time }) => Math.abs(time - cut) > 0.2);
  const held = kind === "hand" || kind === "pan" || kind === "zoom";
  const wander = kind === "tripod" ? 0 : kind === "drift" ? Math.exp(random.range(-7, -2.8)) : Math.exp(random.range(-6.5, -3.3));
  const tremor = held ? Math.exp(random.range(-8.5, -5.7)) : 0;
  const wanders = Array.from({ length: 4 }, () => waves(random, 0.15, kind === "drift" ? 0.4 : 1.2, 3));
  const tremors = Array.from({ length: 3 }, () => waves(random, 3, 10, 3));
  const [goX, goY] = kind === "pan" ? [random.range(-0.22, 0.22), random.range(-0.08, 0.08)] : [0, 0];
  const nearer = kind === "zoom" ? random.range(-0.35, 0.35) : 0;
  const pace = random.range(0.6, 2);
  const begins = random.range(-0.5, 0.7) * seconds;
  /** A pan or zoom: still, then moving, then still. */
  const progress = (time: number) => Math.tanh((time - begins) / pace);
  const stepRate = 2 * Math.PI * random.range(1.4, 2.4);
  const sway = kind === "worn" ? Math.exp(random.range(-6.5, -4)) : 0;
  const shake = random.chance(0.35) ? Math.exp(random.range(-6, -3.6)) : 0;
  const shakeRate = 2 * Math.PI * random.range(6, 16);
  const [shakeX, shakeY] = [random.normal() * 0.5, random.range(0.5, 1)];
  const at = (time: number): Pose => {
    const base = cuts && time > cut ? other : first;
    const [wx, wy, wa, wz] = wanders.map((path) => path(time) * wander) as [number, number, number, number];
    const [tx, ty, ta] = tremors.map((path) => path(time) * tremor) as [number, number, number];
    let hit = 0;
    if (shake)
      for (const contact of contacts) {
        const since = time - contact.time;
        if (since > 0 && since < 0.5) hit += shake * contact.velocity * Math.exp(-since / 0.08) * Math.sin(shakeRate * since);
      }
    const [alongX, alongY] = follow(time);
    const part = goX || goY || nearer ? progress(time) : 0;
    return {
      x: base.x - alongX + wx + tx + goX * part + hit * shakeX + sway * Math.sin(0.5 * stepRate * time),
      y: base.y - alongY + wy + ty + goY * part + hit * shakeY + sway * Math.abs(Math.sin(0.5 * stepRate * time)),
      angle: base.angle + 0.8 * wa + 0.7 * ta + 0.6 * sway * Math.sin(0.5 * stepRate * time + 1),
      zoom: base.zoom * Math.exp(1.2 * wz + nearer * part),
    };
  };
  return {
    mirror,
    at,
    project(x, y, time) {
      const pose = at(time);
      const u = (mirror ? -1 : 1) * (x - 0.5 + pose.x) * pose.zoom;
      const v = (y - 0.5 + pose.y) * pose.zoom;
      const cos = Math.cos(pose.angle);
      const sin = Math.sin(pose.angle);
      return { x: 0.5 + u * cos - v * sin, y: 0.5 + u * sin + v * cos };
    },
  };
}
