/** Drum: two sticks on one to three surfaces, in turn, together, nearly together; what is struck shakes. */
import { drawSolid, soundBodies } from "../../classes/shared.js";
import { createPaint } from "../../looks.js";
import type { Contact, PlanContext, ScenePlan } from "../../plan.js";
import { drawArm } from "../arms.js";
import { type Stroke, strokesAt, strokeTimes, tipWay, touches } from "../strokes.js";
import { shakeAt } from "../things.js";
import { dullPaint } from "../world.js";

/** Plan a scene of drumming. */
export function planDrum({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const count = random.integer(1, 4);
  const flat = random.range(0.15, 1);
  const surfaces = Array.from({ length: count }, (_, i) => ({
    x: 0.5 + (i - (count - 1) / 2) * random.range(0.2, 0.36) + 0.03 * random.normal(),
    y: random.range(0.45, 0.75),
    radius: random.range(0.07, 0.2),
    tilt: 0.15 * random.normal(),
    swings: random.chance(0.3),
  }));
  const turns = random.chance(0.7);
  const flams = random.chance(0.3) ? random.range(0.1, 0.5) : 0;
  const hands: number[][] = [[], []];
  strokeTimes(random, seconds, [0.1, 0.7]).forEach((time, i) => {
    const side = turns ? i & 1 : random.integer(0, 2);
    hands[side]?.push(time);
    if (random.chance(flams)) hands[1 - side]?.push(time + random.range(0, 0.045));
  });
  const lifts = [0.02, random.range(0.06, 0.35)] as const;
  const feints = random.chance(0.3) ? random.range(0.05, 0.35) : 0;
  const strokes: Stroke[][] = hands.map((times, side) => {
    const apart = times.sort((a, b) => a - b).filter((time, i) => i === 0 || time - (times[i - 1] as number) > 0.08);
    const own = random.chance(0.5) ? surfaces : [random.pick(surfaces)];
    const places = own.map(
      ({ x, y, radius }) => [x + (side - 0.5) * radius * 0.6, y + flat * radius * random.range(-0.3, 0.3)] as const,
    );
    return strokesAt(random, apart, { places, lifts, feints });
  });
  const ways = strokes.map((list) => tipWay(random, list));
  const contacts: Contact[] = strokes.flatMap((list) => touches(list)).sort((a, b) => a.time - b.time);
  // Whoever drums sits behind, or the camera sees through their eyes.
  const own = random.chance(0.4);
  return {
    material,
    words: { object: "drum", plural: "drums", place: random.pick(["with two sticks", "with sticks", ""]) },
    contacts,
    gain: 0.9,
    exposures: 3,
    ground: random.chance(0.5) ? random.range(0.5, 0.9) : null,
    picture: ({ random: look, detail }) => {
      const tool = look.chance(0.8) ? "stick" : look.pick(["finger", "spoon"] as const);
      const skins = surfaces.map(() => [createPaint(material, look, { detail }), dullPaint(look)] as const);
      const deep = look.range(0.05, 0.35);
      const arms = ways.map((_, side) =>
        drawArm(
          look,
          tool,
          (own ? Math.PI / 2 : -Math.PI / 2) + (side - 0.5) * (own ? -1 : 1) * look.range(0.4, 1.3),
          0.4 + 0.2 * side,
          0.6,
        ),
      );
      const give = look.chance(0.6) ? look.range(0.003, 0.02) : 0;
      const torso = !own && look.chance(0.7) ? dullPaint(look) : undefined;
      const wide = look.range(0.12, 0.3);
      const lean = 0.2 * look.normal();
      return {
        moving: (painter, time) => {
          if (torso) {
            const sway = 0.02 * Math.sin(3 * time + lean);
            painter.ellipse(0.5 + sway, 0.25, wide, wide * 1.5, 0, torso);
            painter.ellipse(0.5 + 2 * sway, -0.2, wide * 0.45, wide * 0.55, 0, torso);
          }
          surfaces.forEach(({ x, y, radius, tilt, swings }, i) => {
            const near = contacts.filter((contact) => Math.abs(contact.x - x) < radius);
            const shake = give && shakeAt(near, time, give);
            const [skin, shell] = skins[i] as (typeof skins)[number];
            if (!swings) {
              painter.box(x, y + deep / 2, radius, deep / 2, 0, shell);
              painter.ellipse(x, y + deep, radius, radius * flat, 0, shell);
            } else painter.capsule(x, y, x, y + 0.8, 0.01, shell);
            painter.ellipse(
              x,
              y + (swings ? 0 : shake * 0.3),
              radius * 1.05,
              radius * flat * 1.08,
              tilt + (swings ? 12 * shake : 0),
              shell,
            );
            painter.ellipse(x, y + (swings ? 0 : shake * 0.3), radius, radius * flat, tilt + (swings ? 12 * shake : 0), skin);
          });
          ways.forEach((way, side) => {
            const { x, y, height } = way(time);
            arms[side]?.(painter, x, y - height * (1.2 - 0.6 * flat), own ? 1 + 0.5 * height : 1);
          });
        },
      };
    },
    sound: (context) => soundBodies(context, contacts, [0.8], { gain: 0.9, ground: 0.2 }),
  };
}
