/** Chop: a person swings a hammer or an axe, far or a little; what is hit splits, slides or lets chips and sparks fly. */
import { drawSolid, pluralOf, smoothStep, soundBodies } from "../../classes/shared.js";
import { createPaint } from "../../looks.js";
import { solid } from "../../painter.js";
import type { PlanContext, ScenePlan } from "../../plan.js";
import { strokesAt, strokeTimes, tipWay, touches } from "../strokes.js";
import { drawChips, shakeAt } from "../things.js";
import { dullPaint } from "../world.js";

/** Plan a scene of hammering, chopping or splitting. */
export function planChop({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const place = [random.range(0.35, 0.65), random.range(0.5, 0.8)] as const;
  const large = random.range(0, 1);
  const strokes = strokesAt(random, strokeTimes(random, seconds, [0.25 + 0.5 * large, 0.7 + 1.3 * large]), {
    places: [place],
    lifts: [0.06 + 0.1 * large, 0.2 + 0.35 * large],
    feints: random.chance(0.35) ? random.range(0.1, 0.5) : 0,
  });
  const contacts = touches(strokes);
  const way = tipWay(random, strokes);
  const arm = 0.15 + 0.3 * large + random.range(0, 0.15);
  // Radians of the tool at the contact, and by how much a height turns it back.
  const level = random.range(-0.3, 0.5);
  const turn = 1 / arm + random.range(0, 1.5);
  const facing = random.chance(0.3) ? random.range(0.15, 0.6) : 1;
  const splits = random.chance(0.5);
  const object = random.pick(splits ? ["log", "block", "plank"] : ["block", "anvil", "plate", "bar"]);
  return {
    material,
    words: {
      object,
      plural: pluralOf(object),
      place: random.pick(["on the ground", "on a stand", ""]),
      variant: splits ? "split" : "hammer",
    },
    contacts,
    gain: 1,
    exposures: 3,
    ground: Math.min(0.95, place[1] + random.range(0, 0.15)),
    picture: ({ random: look, detail }) => {
      const [half, other] = [createPaint(material, look, { detail }), createPaint(material, look, { detail })];
      const [base, cloth, legs, head, handle] = [0, 1, 2, 3, 4].map(() => dullPaint(look)) as [Body, Body, Body, Body, Body];
      const skin = solid(look.range(80, 230), look.range(60, 180), look.range(40, 150));
      const chips = drawChips(look, contacts, look.chance(0.4) ? solid(255, 220, 120) : half, 0.5);
      const wide = look.range(0.03, 0.12);
      const tall = look.range(0.05, 0.2);
      const axe = look.chance(0.5);
      const blade = look.range(0.012, 0.05) * (0.7 + large);
      const thick = look.range(0.006, 0.016);
      const shown = look.chance(0.75);
      const give = look.chance(0.4) ? look.range(0.002, 0.012) : 0;
      const parts = splits ? contacts.filter(() => look.chance(0.5)) : [];
      const flies = look.range(0.15, 0.6);
      const hands = look.range(0.05, 0.95);
      return {
        moving: (painter, time) => {
          const [x, y] = place;
          painter.box(x, y + tall + 0.12, wide * 1.6, 0.12, 0, base);
          const last = parts.filter((contact) => contact.time <= time).at(-1);
          const since = last ? time - last.time : 0;
          // Halves fall apart; before the next stroke a new one stands there.
          const apart = last ? flies * smoothStep(since / 0.4) : 0;
          const shake = give && shakeAt(contacts, time, give);
          painter.box(x - wide / 2 - apart * 0.4, y + tall / 2 + shake + apart * 0.15, wide / 2, tall / 2, -apart * 2.2, half);
          painter.box(x + wide / 2 + apart * 0.5, y + tall / 2 + shake + apart * 0.15, wide / 2, tall / 2, apart * 2.6, other);
          const { x: tipX, y: tipY, height } = way(time);
          const angle = level - height * turn;
          const pivotX = tipX + facing * arm * Math.cos(level);
          const pivotY = tipY - arm * Math.sin(level) - 0.35 * height;
          const headX = pivotX - facing * arm * Math.cos(angle);
          const headY = pivotY + arm * Math.sin(angle);
          const gripX = pivotX + (headX - pivotX) * (1 - hands) * 0.6;
          const gripY = pivotY + (headY - pivotY) * (1 - hands) * 0.6;
          if (shown) {
            const shoulderX = pivotX + 0.12 * (0.5 + large);
            const shoulderY = pivotY - 0.18 * (0.5 + large) + 0.1 * height;
            const hipX = shoulderX + 0.08 + 0.25 * facing * (0.4 - height);
            const hipY = shoulderY + 0.35;
            painter.capsule(hipX, hipY, hipX - 0.05, hipY + 0.5, 0.055, legs);
            painter.capsule(hipX, hipY, hipX + 0.1, hipY + 0.5, 0.055, legs);
            painter.capsule(shoulderX, shoulderY, hipX, hipY, 0.09, cloth);
            painter.ellipse(shoulderX - 0.04, shoulderY - 0.14, 0.055, 0.07, 0, skin);
            painter.capsule(shoulderX, shoulderY, gripX, gripY, 0.035, cloth);
          }
          painter.capsule(pivotX, pivotY, headX, headY, thick, handle);
          const along = Math.atan2(headY - pivotY, headX - pivotX);
          if (axe)
            painter.box(
              headX - blade * Math.sin(along) * 0.3,
              headY + blade * Math.cos(along) * 0.3,
              blade * 0.7,
              blade,
              along,
              head,
            );
          else painter.box(headX, headY, blade * 0.7, blade * 1.4, along, head);
          painter.ellipse(gripX, gripY, 0.035, 0.03, 0, skin);
          chips(painter, time);
        },
      };
    },
    sound: (context) => soundBodies(context, contacts, [0.6], { gain: 1, ground: 0.08 }),
  };
}

type Body = ReturnType<typeof dullPaint>;
