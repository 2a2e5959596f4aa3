/** Drip: drops form, fall and land in water (bubbles) or on a solid thing; times are not periodic. */
import { addBubble, drawBubbleRadius } from "../liquid.js";
import { createPaint } from "../looks.js";
import { addClick } from "../modal.js";
import { NOISE_MASK } from "../noise.js";
import { solid } from "../painter.js";
import type { Contact, PlanContext, ScenePlan } from "../plan.js";
import type { Material } from "../types.js";
import { drawSolid, drawStart, drawTimes, lastBefore, soundBodies } from "./shared.js";

/** Plan a dripping scene. */
export function planDrip({ random, seconds }: PlanContext): ScenePlan {
  const material: Material = random.chance(0.45) ? "water" : drawSolid(random);
  const level = random.range(0.72, 0.88);
  const spout = random.range(0.08, 0.24);
  const x = random.range(0.3, 0.7);
  const radius = random.range(0.03, 0.05);
  const gravity = random.range(3, 8);
  const fall = Math.sqrt((2 * (level - spout - radius)) / gravity);
  const times = drawTimes(random, drawStart(random, seconds), seconds, random.range(0.22, 0.4), random.range(0.5, 1.2));
  const strength = random.range(0.5, 0.95);
  const contacts: Contact[] = times.map((time) => ({
    time,
    kind: "drop",
    velocity: Math.max(0.2, Math.min(1, strength * Math.exp(0.15 * random.normal()))),
    x,
    y: level,
  }));
  const size = random.range(0.1, 1);
  const thing = random.pick(["plate", "pan", "bowl", "lid", "board"]);
  return {
    material,
    words:
      material === "water"
        ? { object: random.pick(["pool", "puddle", "bucket"]), plural: "pools", place: "", variant: "water" }
        : { object: thing, plural: `${thing}s`, place: "" },
    contacts,
    gain: 0.4,
    exposures: 4,
    ground: null,
    picture: ({ random: look, detail }) => {
      const drop = { ...createPaint("water", look, { detail }), alpha: 0.95, rimAlpha: 1 };
      const surface = createPaint(material, look, { detail: 2 * detail, surface: true });
      const tap = createPaint(look.pick(["metal", "stone", "plastic"] as const), look, { detail });
      const half = material === "water" ? 1 : look.range(0.2, 0.4);
      const thick = look.range(0.03, 0.12);
      const tapWidth = look.range(0.05, 0.1);
      const foam = solid(225, 240, 255, look.range(0.5, 0.95));
      return {
        still: (painter) => {
          if (material === "water") painter.box(0.5, level + 0.5, 1, 0.5, 0, surface);
          else painter.box(x, level + thick, half, thick, 0, surface);
          painter.box(x, spout - 0.15, tapWidth, 0.15, 0, tap);
        },
        moving: (painter, time) => {
          for (const at of times) {
            const left = at - time;
            // The drop grows at the spout for 0.25 s, then falls freely.
            if (left > 0 && left < fall + 0.25) {
              const falling = Math.max(0, fall - left);
              const grown = left > fall ? 1 - (left - fall) / 0.25 : 1;
              const y = spout + 0.5 * gravity * falling * falling;
              painter.ellipse(x, y, radius * grown, radius * grown * (falling > 0 ? 1.25 : 1), 0, drop);
            }
          }
          const last = lastBefore(times, time);
          if (last < 0) return;
          const since = time - (times[last] as number);
          const velocity = (contacts[last] as Contact).velocity;
          if (since < 0.45) {
            const fade = { ...foam, alpha: foam.alpha * (1 - since / 0.45), rimAlpha: foam.alpha * (1 - since / 0.45) };
            const spread = 0.04 + 0.5 * since * (material === "water" ? 1 : 0.5);
            painter.ring(x, level + 0.01, spread, spread * 0.28, 0.014, fade);
          }
          if (since < 0.3) {
            for (let i = 0; i < 4; i++) {
              const direction = (i - 1.5) * 0.35;
              const y = level - velocity * (1.3 + 0.4 * (i % 2)) * since + 5 * since * since;
              if (y < level) painter.ellipse(x + direction * since, y, 0.014, 0.014, 0, foam);
            }
          }
        },
      };
    },
    sound: (context) => {
      const { out, sampleRate, random: draw } = context;
      if (context.material !== "water") {
        soundBodies(context, contacts, [size], { gain: 0.4, ground: 0.02 });
        return;
      }
      const radiusMm = drawBubbleRadius(draw, 0.0015, 0.004);
      for (const { time, velocity } of contacts) {
        const amplitude = 0.5 * 0.4 * context.gain * velocity ** 1.2;
        addClick(out, Math.round(time * sampleRate), amplitude * 0.5, 0.004, 0.6, sampleRate, draw.integer(0, NOISE_MASK));
        addBubble(out, sampleRate, time + draw.range(0.001, 0.006), radiusMm * draw.range(0.85, 1.15), amplitude * 1.3, draw);
        if (draw.chance(0.5))
          addBubble(out, sampleRate, time + draw.range(0.012, 0.03), radiusMm * draw.range(0.5, 0.8), amplitude * 0.5, draw);
      }
    },
  };
}
