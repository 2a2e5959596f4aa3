/** Bounce: a thing falls under gravity and bounces, or is dribbled to heights that cannot be foreseen. Ballistic, closed form. */
import type { Random } from "@foley-control/core";
import { createPaint } from "../looks.js";
import { solid } from "../painter.js";
import type { Contact, PlanContext, ScenePlan } from "../plan.js";
import type { SolidMaterial } from "../types.js";
import { drawSolid, drawStart, lastBefore, pluralOf, sizeWord, soundBodies } from "./shared.js";

interface Body {
  readonly radius: number;
  readonly gravity: number;
  readonly dropTime: number;
  readonly dropHeight: number;
  readonly x0: number;
  readonly x1: number;
  readonly times: readonly number[];
  /** Speed just before each contact. */
  readonly impacts: readonly number[];
  /** Speed just after each contact. */
  readonly launches: readonly number[];
}

const RESTITUTION: Readonly<Record<SolidMaterial, readonly [number, number]>> = {
  metal: [0.6, 0.82],
  glass: [0.62, 0.84],
  wood: [0.55, 0.76],
  ceramic: [0.55, 0.74],
  stone: [0.52, 0.74],
  plastic: [0.65, 0.86],
  rubber: [0.7, 0.9],
};
const SQUASH: Readonly<Record<SolidMaterial, number>> = {
  metal: 0.05,
  glass: 0.05,
  wood: 0.06,
  ceramic: 0.05,
  stone: 0.05,
  plastic: 0.15,
  rubber: 0.32,
};
const SQUASH_TIME = 0.09;
/** Speed, in picture heights per second, that counts as velocity 1. */
const FULL_SPEED = 2.3;

function drawBody(
  random: Random,
  seconds: number,
  ground: number,
  material: SolidMaterial,
  lanes: readonly [number, number],
  largest: number,
): Body {
  const radius = random.range(0.08, largest);
  const highest = ground - 2 * radius - 0.03;
  const gravity = random.range(2.4, 8);
  const dropHeight = highest * random.range(0.65, 1);
  const fall = Math.sqrt((2 * dropHeight) / gravity);
  const dropTime = drawStart(random, seconds) - fall;
  const dribble = random.chance(0.4);
  const restitution = random.range(...RESTITUTION[material]);
  const shortest = random.chance(0.15) ? 0.07 : 0.13;
  const times: number[] = [];
  const impacts: number[] = [];
  const launches: number[] = [];
  let time = dropTime + fall;
  let speed = gravity * fall;
  while (time < seconds && times.length < 12) {
    let launch = dribble
      ? Math.sqrt(2 * gravity * highest * random.range(0.12, 1))
      : speed * restitution * random.range(0.96, 1.02);
    if ((2 * launch) / gravity < shortest) launch = 0;
    times.push(time);
    impacts.push(speed);
    launches.push(launch);
    if (launch === 0) break;
    time += (2 * launch) / gravity;
    speed = launch;
  }
  const [low, high] = lanes;
  return {
    radius,
    gravity,
    dropTime,
    dropHeight,
    x0: random.range(low, high),
    x1: random.range(low, high),
    times,
    impacts,
    launches,
  };
}

function heightOf(body: Body, time: number): number {
  const last = lastBefore(body.times, time);
  if (last < 0) {
    const falling = Math.max(0, time - body.dropTime);
    return body.dropHeight - 0.5 * body.gravity * falling * falling;
  }
  const since = time - (body.times[last] as number);
  return Math.max(0, (body.launches[last] as number) * since - 0.5 * body.gravity * since * since);
}

function placeOf(body: Body, time: number): number {
  return body.x0 + (body.x1 - body.x0) * (1 - Math.exp(-Math.max(0, time - body.dropTime) / 1.3));
}

/** Plan a bounce scene. */
export function planBounce({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const ground = random.range(0.74, 0.9);
  const two = random.chance(0.18);
  const bodies = two
    ? [
        drawBody(random, seconds, ground, material, [0.14, 0.42], 0.11),
        drawBody(random, seconds, ground, material, [0.58, 0.86], 0.11),
      ]
    : [drawBody(random, seconds, ground, material, [0.2, 0.8], 0.165)];
  const cube = random.chance(0.25);
  const sizes = bodies.map((body) => (body.radius - 0.08) / 0.085);
  const contacts: Contact[] = [];
  bodies.forEach((body, index) => {
    body.times.forEach((time, i) => {
      const velocity = Math.max(0.04, Math.min(1, (body.impacts[i] as number) / FULL_SPEED));
      contacts.push({ time, kind: "hit", velocity, x: placeOf(body, time), y: ground, body: index });
    });
  });
  const object = cube ? random.pick(["cube", "block", "box"]) : random.pick(["ball", "ball", "ball", "marble", "sphere"]);
  const size = sizeWord(sizes[0] as number, random);
  const place = random.pick(["on a floor", "on the floor", "on a table", "on the ground", "on a hard surface", ""]);
  return {
    material,
    words: { object, plural: pluralOf(object), place, ...(two ? { variant: "two" } : {}), size },
    contacts,
    gain: 1,
    exposures: 4,
    ground,
    picture: ({ random: look, detail }) => {
      const paints = bodies.map(() => createPaint(material, look, { detail }));
      const spins = bodies.map((body) => (cube ? 0 : look.range(0.3, 1) / body.radius));
      const shadow = look.chance(0.75) ? look.range(0.2, 0.5) : 0;
      return {
        moving: (painter, time) => {
          bodies.forEach((body, i) => {
            const height = heightOf(body, time);
            const x = placeOf(body, time);
            if (shadow > 0) {
              const near = 1 / (1 + 4 * height);
              painter.ellipse(x, ground + 0.012, body.radius * (0.6 + 0.4 * near), 0.018, 0, solid(0, 0, 0, shadow * near));
            }
            const last = lastBefore(body.times, time);
            const since = last < 0 ? 1 : time - (body.times[last] as number);
            const strength = last < 0 ? 0 : Math.min(1, (body.impacts[last] as number) / FULL_SPEED);
            const squash = since < SQUASH_TIME ? SQUASH[material] * strength * Math.sin((Math.PI * since) / SQUASH_TIME) : 0;
            const ry = body.radius * (1 - squash);
            const rx = body.radius * (1 + 0.7 * squash);
            const angle = (spins[i] as number) * (x - body.x0);
            const y = ground - height - ry;
            const paint = paints[i] as (typeof paints)[number];
            if (cube) painter.box(x, y, rx * 0.92, ry, 0, paint);
            else if (squash > 0.02) painter.ellipse(x, y, rx, ry, 0, paint);
            else painter.ellipse(x, y, body.radius, body.radius, angle, paint);
          });
        },
      };
    },
    sound: (context) => soundBodies(context, contacts, sizes, { gain: 1 }),
  };
}
