/** Tick: a pendulum that clicks where it crosses the middle, or a clock hand that jumps. */
import { createPaint } from "../looks.js";
import { solid } from "../painter.js";
import type { Contact, PlanContext, ScenePlan } from "../plan.js";
import { drawSolid, lastBefore, smoothStep, soundBodies } from "./shared.js";

/** Plan a ticking scene. */
export function planTick({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const pendulum = random.chance(0.55);
  const period = random.range(0.34, 1);
  const drift = random.range(-0.04, 0.04);
  const first = random.range(0.05, 1) * period + (random.chance(0.15) ? random.range(0.5, 1) : 0);
  const times: number[] = [];
  let gap = period;
  for (let time = first; time < seconds && times.length < 12; time += gap) {
    times.push(time);
    gap *= 1 + drift;
    if (!pendulum) gap *= random.range(0.94, 1.06);
  }
  const x = random.range(0.38, 0.62);
  const swing = random.range(0.35, 0.65);
  const arm = random.range(0.42, 0.6);
  const radius = random.range(0.24, 0.36);
  const strength = random.range(0.55, 1);
  const contacts: Contact[] = times.map((time, i) => ({
    time,
    kind: "tick",
    velocity: strength * (i % 2 === 0 ? 1 : 0.75),
    x,
    y: pendulum ? 0.12 + arm : 0.5,
  }));
  const angleAt = (time: number): number => {
    // Phase runs π per tick; sin crosses zero at every tick.
    const last = lastBefore(times, time);
    const index = Math.max(0, Math.min(last, times.length - 2));
    const t0 = times[index] as number;
    const t1 = times.length > 1 ? (times[index + 1] as number) : t0 + period;
    return swing * Math.sin(Math.PI * (index + (time - t0) / (t1 - t0)));
  };
  const step = random.pick([Math.PI / 6, Math.PI / 4, Math.PI / 3]);
  const offset = random.range(0, 2 * Math.PI);
  return {
    material,
    words: {
      object: pendulum ? random.pick(["metronome", "pendulum", "clock"]) : random.pick(["clock", "watch", "timer"]),
      plural: "clocks",
      place: "",
    },
    contacts,
    gain: 0.35,
    exposures: 3,
    ground: pendulum ? random.range(0.82, 0.92) : null,
    picture: ({ random: look, detail }) => {
      const body = createPaint(material, look, { detail });
      const rod = solid(look.range(20, 90), look.range(20, 90), look.range(20, 90));
      const face = solid(look.range(190, 245), look.range(190, 245), look.range(180, 240));
      const bob = look.range(0.06, 0.1);
      const hand = look.range(0.016, 0.03);
      return {
        still: (painter) => {
          if (pendulum) {
            painter.box(x, 0.1, 0.12, 0.03, 0, body);
          } else {
            painter.ellipse(x, 0.5, radius + 0.05, radius + 0.05, 0, body);
            painter.ellipse(x, 0.5, radius, radius, 0, face);
            for (let mark = 0; mark < 12; mark++) {
              const at = (mark * Math.PI) / 6;
              painter.ellipse(x + radius * 0.88 * Math.cos(at), 0.5 + radius * 0.88 * Math.sin(at), 0.012, 0.012, 0, rod);
            }
          }
        },
        moving: (painter, time) => {
          if (pendulum) {
            const angle = times.length > 0 ? angleAt(time) : 0;
            const bx = x + arm * Math.sin(angle);
            const by = 0.12 + arm * Math.cos(angle);
            painter.capsule(x, 0.12, bx, by, 0.013, rod);
            painter.ellipse(bx, by, bob, bob, -angle, body);
          } else {
            const last = lastBefore(times, time);
            const since = last < 0 ? 1 : time - (times[last] as number);
            const angle = offset + step * (last + smoothStep(since / 0.05));
            painter.capsule(x, 0.5, x + radius * 0.82 * Math.cos(angle), 0.5 + radius * 0.82 * Math.sin(angle), hand, rod);
            painter.ellipse(x, 0.5, 0.03, 0.03, 0, body);
          }
        },
      };
    },
    sound: (context) =>
      soundBodies(context, contacts, [context.random.range(0, 0.35)], { gain: 0.35, supported: 25, ground: 0.08 }),
  };
}
