/** Collide: balls on a table seen from above meet each other and soft borders; event-driven, contact times in closed form. */
import type { Random } from "@foley-control/core";
import { createPaint } from "../looks.js";
import { solid } from "../painter.js";
import type { Contact, PlanContext, ScenePlan } from "../plan.js";
import { drawSolid, lastBefore, sizeWord, soundBodies } from "./shared.js";

interface Ball {
  x: number;
  y: number;
  vx: number;
  vy: number;
}
interface Leg {
  readonly time: number;
  readonly balls: readonly Readonly<Ball>[];
}

const BORDER = 0.05;

/** Time until two balls touch, or infinity. */
function meeting(a: Ball, b: Ball, distance: number): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const vx = b.vx - a.vx;
  const vy = b.vy - a.vy;
  const approach = dx * vx + dy * vy;
  if (approach >= 0) return Infinity;
  const speed2 = vx * vx + vy * vy;
  const root = approach * approach - speed2 * (dx * dx + dy * dy - distance * distance);
  if (root < 0) return Infinity;
  return Math.max(0, (-approach - Math.sqrt(root)) / speed2);
}

function simulate(random: Random, seconds: number, radius: number, count: number, speed: number) {
  const balls: Ball[] = [];
  const low = BORDER + radius + 0.01;
  for (let i = 0; i < count; i++) {
    let ball: Ball;
    let attempt = 0;
    do {
      const angle = random.range(0, 2 * Math.PI);
      const v = i === 1 && random.chance(0.5) ? 0 : speed * random.range(0.6, 1.2);
      ball = { x: random.range(low, 1 - low), y: random.range(low, 1 - low), vx: v * Math.cos(angle), vy: v * Math.sin(angle) };
    } while (attempt++ < 40 && balls.some((other) => Math.hypot(other.x - ball.x, other.y - ball.y) < 2 * radius + 0.05));
    balls.push(ball);
  }
  // The first ball aims at the second, so that something happens.
  const [first, second] = balls as [Ball, Ball];
  const aim = Math.atan2(second.y - first.y, second.x - first.x) + 0.15 * random.normal();
  const v = speed * random.range(0.9, 1.3);
  first.vx = v * Math.cos(aim);
  first.vy = v * Math.sin(aim);
  const restitution = random.range(0.85, 0.97);
  const legs: Leg[] = [{ time: 0, balls: balls.map((ball) => ({ ...ball })) }];
  const contacts: Contact[] = [];
  let time = 0;
  for (let step = 0; step < 60; step++) {
    let next = Infinity;
    let pair: [number, number] = [-1, -1];
    for (let i = 0; i < count; i++) {
      const a = balls[i] as Ball;
      const toX = a.vx > 0 ? (1 - BORDER - radius - a.x) / a.vx : a.vx < 0 ? (BORDER + radius - a.x) / a.vx : Infinity;
      const toY = a.vy > 0 ? (1 - BORDER - radius - a.y) / a.vy : a.vy < 0 ? (BORDER + radius - a.y) / a.vy : Infinity;
      if (toX < next) [next, pair] = [toX, [i, -1]];
      if (toY < next) [next, pair] = [toY, [i, -2]];
      for (let j = i + 1; j < count; j++) {
        const at = meeting(a, balls[j] as Ball, 2 * radius);
        if (at < next) [next, pair] = [at, [i, j]];
      }
    }
    next = Math.max(0, next);
    if (time + next >= seconds) break;
    time += next;
    for (const ball of balls) {
      ball.x += ball.vx * next;
      ball.y += ball.vy * next;
    }
    const [body, other] = pair;
    const a = balls[body] as Ball;
    if (other < 0) {
      const [along, place] = other === -1 ? (["vx", "x"] as const) : (["vy", "y"] as const);
      const velocity = Math.min(1, Math.abs(a[along]));
      a[along] *= -restitution;
      const border = a[along] < 0 ? 1 - BORDER : BORDER;
      contacts.push({ time, kind: "wall", velocity, x: a.x, y: a.y, [place]: border, body, gain: 0.6 });
    } else {
      const b = balls[other] as Ball;
      const nx = (b.x - a.x) / (2 * radius);
      const ny = (b.y - a.y) / (2 * radius);
      const hitSpeed = (a.vx - b.vx) * nx + (a.vy - b.vy) * ny;
      const push = 0.5 * (1 + restitution) * hitSpeed;
      a.vx -= push * nx;
      a.vy -= push * ny;
      b.vx += push * nx;
      b.vy += push * ny;
      contacts.push({ time, kind: "hit", velocity: Math.min(1, hitSpeed), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, body });
    }
    legs.push({ time, balls: balls.map((ball) => ({ ...ball })) });
  }
  return { legs, contacts };
}

/** Plan a collision scene. */
export function planCollide({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const count = random.chance(0.3) ? 3 : 2;
  const radius = random.range(0.085, count === 3 ? 0.115 : 0.14);
  let speed = random.range(0.5, 1.05);
  const most = Math.ceil(3 * seconds);
  let run = simulate(random.fork("run", 0), seconds, radius, count, speed);
  for (let attempt = 1; attempt < 8; attempt++) {
    const times = run.contacts.map((contact) => contact.time);
    const crowded = times.some((time, i) => i > 0 && time - (times[i - 1] as number) < 0.09);
    const weak = run.contacts.some((contact) => contact.velocity < 0.04);
    const hits = run.contacts.filter((contact) => contact.kind === "hit").length;
    if (run.contacts.length <= most && hits > 0 && !crowded && !weak) break;
    if (run.contacts.length > most) speed *= 0.8;
    run = simulate(random.fork("run", attempt), seconds, radius, count, speed);
  }
  const { legs } = run;
  const contacts = run.contacts.map((contact) => ({ ...contact, velocity: Math.max(0.03, contact.velocity) }));
  const legTimes = legs.map((leg) => leg.time);
  const size = (radius - 0.085) / 0.055;
  const object = random.pick(["ball", "ball", "marble", "disc"]);
  return {
    material,
    words: { object, plural: `${object}s`, place: random.pick(["on a table", "on the floor", ""]), size: sizeWord(size, random) },
    contacts,
    gain: 0.9,
    exposures: 4,
    ground: null,
    picture: ({ random: look, detail }) => {
      const paints = Array.from({ length: count }, () => createPaint(material, look, { detail }));
      const edge = createPaint(look.pick(["wood", "rubber", "plastic"] as const), look, { detail, surface: true });
      const shadow = solid(0, 0, 0, look.range(0.1, 0.4));
      return {
        still: (painter) => {
          painter.box(0.5, BORDER / 2 - 0.2, 1, BORDER / 2 + 0.2, 0, edge);
          painter.box(0.5, 1.2 - BORDER / 2, 1, BORDER / 2 + 0.2, 0, edge);
          painter.box(BORDER / 2 - 0.2, 0.5, BORDER / 2 + 0.2, 1, 0, edge);
          painter.box(1.2 - BORDER / 2, 0.5, BORDER / 2 + 0.2, 1, 0, edge);
        },
        moving: (painter, time) => {
          const leg = legs[Math.max(0, lastBefore(legTimes, time))] as Leg;
          const since = time - leg.time;
          leg.balls.forEach((ball, i) => {
            const x = ball.x + ball.vx * since;
            const y = ball.y + ball.vy * since;
            painter.ellipse(x + 0.012, y + 0.016, radius, radius, 0, shadow);
            painter.ellipse(x, y, radius, radius, (x + y) * 4, paints[i] as (typeof paints)[number]);
          });
        },
      };
    },
    sound: (context) =>
      soundBodies(
        context,
        contacts,
        Array.from({ length: count }, (_, i) => Math.max(0, Math.min(1, size + 0.1 * i - 0.1))),
        { gain: 0.9, ground: 0.05 },
      ),
  };
}
