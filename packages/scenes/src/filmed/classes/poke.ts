/** Poke: a hand with or without a tool strikes things, often not: it feints, hovers, lands softly, presses, scrapes and bounces back. */
import type { Random } from "@foley-control/core";
import { drawSolid, pluralOf, soundBodies } from "../../classes/shared.js";
import { createPaint } from "../../looks.js";
import type { Painter } from "../../painter.js";
import type { Contact, PlanContext, ScenePlan } from "../../plan.js";
import { drawArm, HELD_OUT_TOOLS, TOOLS, type Tool } from "../arms.js";
import { drawStrokes, tipWay, touches } from "../strokes.js";

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
  const strokes = drawStrokes(random, {
    seconds,
    places,
    gaps,
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

/** What is left of the hits at a time. */
export function shakeAt(contacts: readonly Contact[], time: number, size: number): number {
  let shake = 0;
  for (const contact of contacts) {
    const since = time - contact.time;
    if (since > 0 && since < 0.4) shake += size * contact.velocity * Math.exp(-since / 0.09) * Math.sin(since * 60);
  }
  return shake;
}

/** A thing whose surface is at a place, or none: then what is there is struck. */
export function drawThing(
  random: Random,
  paint: () => ReturnType<typeof createPaint>,
  direction: number,
): ((painter: Painter, x: number, y: number) => void) | undefined {
  if (random.chance(0.25)) return undefined;
  const [body, lid] = [paint(), paint()];
  const size = Math.exp(random.range(-3.4, -1.3));
  const flat = random.range(0.25, 1.2);
  const round = random.chance(0.5);
  const parts = random.chance(0.4);
  const tilt = 0.2 * random.normal();
  const deep = random.range(0.3, 0.95);
  return (painter, x, y) => {
    const px = x - Math.cos(direction) * size * flat * deep;
    const py = y - Math.sin(direction) * size * flat * deep;
    if (round) painter.ellipse(px, py, size, size * flat, tilt, body);
    else painter.box(px, py, size, size * flat, tilt, body);
    if (parts) painter.ellipse(px, py - size * flat * 0.5, size * 0.8, size * flat * 0.3, tilt, lid);
  };
}
