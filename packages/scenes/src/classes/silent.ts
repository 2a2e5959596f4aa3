/** Silent motion: things float, swing, bob or sway and make no sound, so that motion alone never means sound. */
import { createPaint } from "../looks.js";
import { solid } from "../painter.js";
import type { PlanContext, ScenePlan } from "../plan.js";
import { drawSolid } from "./shared.js";

const KINDS = ["float", "swing", "bob", "sway", "drift"] as const;

/** Plan a silent scene. */
export function planSilent({ random }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const kind = random.pick(KINDS);
  const count = kind === "float" || kind === "drift" ? random.integer(1, 4) : 1;
  const movers = Array.from({ length: count }, () => ({
    x: random.range(0.25, 0.75),
    y: random.range(0.25, 0.6),
    radius: random.range(0.07, count > 1 ? 0.11 : 0.16),
    rateX: random.range(0.6, 3.2),
    rateY: random.range(0.6, 3.2),
    phaseX: random.range(0, 6.28),
    phaseY: random.range(0, 6.28),
    reach: random.range(0.06, 0.2),
  }));
  const ground = random.chance(0.6) ? random.range(0.8, 0.92) : null;
  const square = random.chance(0.3);
  const object = square ? "cube" : random.pick(["ball", "balloon", "disc"]);
  return {
    material,
    exchangeable: false,
    words: { object, plural: `${object}s`, place: "", variant: kind },
    contacts: [],
    gain: 0,
    exposures: 2,
    ground,
    picture: ({ random: look, detail }) => {
      const paints = movers.map(() => createPaint(material, look, { detail }));
      const line = solid(look.range(20, 120), look.range(20, 120), look.range(20, 120));
      return {
        moving: (painter, time) => {
          movers.forEach((mover, i) => {
            const paint = paints[i] as (typeof paints)[number];
            const waveX = Math.sin(mover.rateX * time + mover.phaseX);
            const waveY = Math.sin(mover.rateY * time + mover.phaseY);
            let x = mover.x + mover.reach * waveX;
            let y = mover.y + 0.7 * mover.reach * waveY;
            let angle = time * (mover.rateX - 1.5);
            if (kind === "swing") {
              angle = 0.5 * waveX;
              x = 0.5 + 0.5 * Math.sin(angle);
              y = 0.08 + 0.5 * Math.cos(angle);
              painter.capsule(0.5, 0.05, x, y, 0.01, line);
            } else if (kind === "bob") {
              x = mover.x;
              y = mover.y - 0.05 + 0.16 * Math.sin(mover.rateY * 1.4 * time + mover.phaseY);
              painter.capsule(x, 0, x, y, 0.01, line);
            } else if (kind === "sway") {
              x = mover.x + 0.18 * Math.sin(angle);
              angle = 0.3 * waveX;
              x = mover.x + 0.4 * Math.sin(angle);
              y = 0.85 - 0.4 * Math.cos(angle);
              painter.capsule(mover.x, 0.9, x, y, 0.014, line);
            } else if (kind === "drift") {
              x = ((mover.x + 0.16 * (mover.rateX - 1.9) * time + 5.3) % 1.3) - 0.15;
            }
            if (square) painter.box(x, y, mover.radius * 0.85, mover.radius * 0.85, angle, paint);
            else painter.ellipse(x, y, mover.radius, mover.radius, angle, paint);
          });
        },
      };
    },
    sound: () => {},
  };
}
