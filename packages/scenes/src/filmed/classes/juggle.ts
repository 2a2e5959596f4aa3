/** Juggle: a ball kept up with a bat, a foot or a hand that comes to meet it. Held out. */
import { drawSolid, lastBefore, soundBodies } from "../../classes/shared.js";
import { createPaint } from "../../looks.js";
import type { Contact, PlanContext, ScenePlan } from "../../plan.js";
import { dullPaint } from "../world.js";

/** Plan a scene of a ball that is kept up. */
export function planJuggle({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const gravity = random.range(2, 7);
  const [tempo, varied] = [random.range(0.2, 0.9), random.range(0.05, 0.35)];
  const level = random.range(0.55, 0.8);
  const hits: { time: number; x: number; y: number }[] = [];
  for (let time = random.range(-0.5, 0.4); time < seconds + 1; time += Math.max(0.12, tempo * Math.exp(varied * random.normal())))
    hits.push({ time, x: 0.5 + 0.08 * random.normal(), y: level + 0.04 * random.normal() });
  const times = hits.map(({ time }) => time);
  const dip = random.range(0.02, 0.15);
  const at = (time: number) => {
    const index = lastBefore(times, time);
    const from = hits[Math.max(0, index)] as (typeof hits)[number];
    const to = index < 0 ? from : (hits[index + 1] ?? from);
    const takes = Math.max(0.05, to.time - from.time);
    const since = index < 0 ? 0 : Math.min(takes, time - from.time);
    const part = since / takes;
    const x = from.x + (to.x - from.x) * part;
    const line = from.y + (to.y - from.y) * part;
    const up = index < 0 ? 0.5 * gravity * (from.time - time) ** 2 : 0.5 * gravity * since * (takes - since);
    // What hits goes down while the ball is away and meets it coming up.
    return {
      x,
      ball: line - up,
      bat: line + (index < 0 ? dip * Math.min(1, 3 * (from.time - time)) : dip * Math.sin(Math.PI * part) ** 0.7),
    };
  };
  const contacts: Contact[] = hits.map(({ time, x, y }, i) => ({
    time,
    kind: "hit",
    velocity: Math.max(0.08, Math.min(1, (gravity * ((hits[i + 1]?.time ?? time + tempo) - time)) / 4)),
    x,
    y,
  }));
  return {
    material,
    words: { object: "ball", plural: "balls", place: "", variant: random.pick(["bat", "foot"]) },
    contacts,
    gain: 0.9,
    exposures: 3,
    ground: random.chance(0.5) ? random.range(0.8, 1) : null,
    picture: ({ random: look, detail }) => {
      const [ball, radius] = [createPaint(material, look, { detail }), Math.exp(look.range(-4, -2.3))];
      const [bat, arm] = [dullPaint(look), dullPaint(look)];
      const [wide, flat] = [look.range(0.05, 0.13), look.range(0.1, 0.4)];
      const side = look.pick([-1, 1]);
      const foot = look.chance(0.4);
      return {
        moving: (painter, time) => {
          const { x, ball: ballY, bat: batY } = at(time);
          const [fromX, fromY] = foot ? [0.5 + side * 0.15, 0.1] : [0.5 + side * 0.8, 1];
          painter.capsule(fromX, fromY, x + side * wide, batY, 0.045, arm);
          painter.ellipse(x, batY + wide * flat, wide, wide * flat, 0, bat);
          painter.ellipse(x, ballY - radius, radius, radius, 3 * time, ball);
        },
      };
    },
    sound: (context) => soundBodies(context, contacts, [0.3], { gain: 0.9 }),
  };
}
