/** Poke: a hand with or without a tool strikes things, often not: it feints, hovers, lands softly, presses, scrapes and bounces back. */
import { drawSolid, pluralOf, soundBodies } from "../../classes/shared.js";
import { createPaint } from "../../looks.js";
import type { PlanContext, ScenePlan } from "../../plan.js";
import { drawArm, HELD_OUT_TOOLS, TOOLS, type Tool } from "../arms.js";
import { strokesAt, strokeTimes, tipWay, touches } from "../strokes.js";
import { drawThing, shakeAt } from "../things.js";

const THINGS = ["box", "bowl", "pan", "bottle", "block", "plate", "cup", "bucket"];

/** Plan a scene of a hand that strikes. */
export const planPoke = (context: PlanContext): ScenePlan => planStriking(context, TOOLS, [0.12, 1.6]);
/** The same with other tools, slower or faster: held out. */
export const planKnock = (context: PlanContext): ScenePlan => planStriking(context, HELD_OUT_TOOLS, [0.14, 1.2]);

function planStriking({ random, seconds }: PlanContext, tools: readonly Tool[], gaps: readonly [number, number]): ScenePlan {
  const material = drawSolid(random);
  const tool = random.pick(tools);
  const centre = [random.range(0.3, 0.7), random.range(0.35, 0.8)] as const;
  const spread = random.range(0, 0.3);
  const places = Array.from(
    { length: random.integer(1, 4) },
    (_, i) => [centre[0] + (i && spread * random.normal()), centre[1] + (i && 0.5 * spread * random.normal())] as const,
  );
  const strokes = strokesAt(random, strokeTimes(random, seconds, gaps), {
    places,
    lifts: [0.015, random.range(0.05, 0.5)],
    feints: random.chance(0.5) ? random.range(0.1, 0.6) : 0,
  });
  const contacts = touches(strokes);
  const way = tipWay(random, strokes);
  // Seen from the side the tip comes from above; seen from above or in front it hardly moves across the picture and changes size.
  const direction = random.chance(0.65) ? random.range(-2.3, -0.8) : random.range(-Math.PI, Math.PI);
  const frontal = random.chance(0.25) ? random.range(0.1, 0.5) : 1;
  const object = random.pick(THINGS);
  return {
    material,
    words: {
      object,
      plural: pluralOf(object),
      place: random.pick(["on a table", "on the floor", "on the ground", ""]),
      variant: tool,
    },
    contacts,
    gain: 1,
    exposures: 3,
    ground: random.chance(0.6) ? Math.min(0.95, centre[1] + random.range(-0.05, 0.2)) : null,
    picture: ({ random: look, detail }) => {
      const arm = drawArm(look, tool, direction + 0.3 * look.normal(), centre[0], centre[1]);
      const things = places.map(() => drawThing(look, () => createPaint(material, look, { detail }), direction));
      const give = look.chance(0.3) ? look.range(0.002, 0.02) : 0;
      return {
        moving: (painter, time) => {
          const shake = give && shakeAt(contacts, time, give);
          places.forEach(([x, y], i) => {
            things[i]?.(painter, x, y + shake);
          });
          const { x, y, height } = way(time);
          const away = height * frontal;
          arm(painter, x + away * Math.cos(direction), y + away * Math.sin(direction), 1 + (1 - frontal) * 1.5 * height);
        },
      };
    },
    sound: (context) => soundBodies(context, contacts, [0.5], { gain: 1, ground: 0.05 }),
  };
}
