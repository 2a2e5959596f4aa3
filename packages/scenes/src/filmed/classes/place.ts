/** Place: a hand sets things down, lets some drop, slides some and lifts some: only touching down is heard. */
import { drawSolid, pluralOf, smoothStep, soundBodies } from "../../classes/shared.js";
import { createPaint } from "../../looks.js";
import type { Contact, PlanContext, ScenePlan } from "../../plan.js";
import { drawArm } from "../arms.js";

/** A thing's way: taken from somewhere, set down or let fall, left there, perhaps taken up again. */
interface Act {
  readonly start: number;
  /** Touches down; never where the hand turns away again. */
  readonly land: number;
  readonly leave: number;
  readonly x: number;
  readonly y: number;
  readonly fromX: number;
  readonly fromY: number;
  /** Share of the slowing down that is cut off: 0 lands without a jolt. */
  readonly abrupt: number;
  /** Height from which it is let fall. */
  readonly drop: number;
  readonly turnsAway: boolean;
  readonly liftedAt: number;
}

const jerkless = (part: number): number => part ** 3 * (10 - 15 * part + 6 * part * part);
const GRAVITY = 5;

/** Plan a scene in which things are set down. */
export function planPlace({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const table = random.range(0.5, 0.85);
  const acts: Act[] = [];
  for (let start = random.range(-0.6, 0.8); start < seconds && acts.length < 6; ) {
    const land = start + random.range(0.2, 1.1);
    const leave = land + random.range(0.06, 0.6);
    acts.push({
      start,
      land,
      leave,
      x: random.range(0.2, 0.8),
      y: table + random.range(-0.06, 0.1),
      fromX: random.range(-0.3, 1.3),
      fromY: random.range(-0.3, table - 0.15),
      abrupt: random.range(0.12, 0.7),
      drop: random.chance(0.3) ? random.range(0.02, 0.25) : 0,
      turnsAway: random.chance(0.2),
      liftedAt: random.chance(0.35) ? leave : Number.POSITIVE_INFINITY,
    });
    start = leave + random.range(0.3, 1.3);
  }
  const contacts: Contact[] = acts
    .filter(({ turnsAway }) => !turnsAway)
    .map(({ land, x, y, abrupt, drop }) => ({
      time: land,
      kind: "hit",
      velocity: Math.min(1, 0.12 + 0.6 * abrupt + 2.2 * drop),
      x,
      y,
    }));
  const [hx, hy] = [random.range(0.02, 0.12), random.range(0.02, 0.15)];
  const object = random.pick(["cup", "box", "bottle", "plate", "bowl", "block"]);
  return {
    material,
    words: { object, plural: pluralOf(object), place: random.pick(["on a table", "on the table", "on a board"]) },
    contacts,
    gain: 0.8,
    exposures: 3,
    ground: random.chance(0.8) ? table - random.range(0, 0.2) : null,
    picture: ({ random: look, detail }) => {
      const things = acts.map(() => createPaint(material, look, { detail }));
      const round = look.chance(0.4);
      const arm = drawArm(look, "fist", look.range(-2.6, -0.5), 0.5, table - 0.1);
      const above = look.range(0.4, 1.1);
      return {
        moving: (painter, time) => {
          let hand: readonly [number, number] = [acts[0]?.fromX ?? 0, (acts[0]?.fromY ?? 0) - 0.3];
          acts.forEach((act, i) => {
            if (time < act.start) return;
            const way = wayOf(act, time, hy);
            hand = way.hand;
            const paint = things[i] as (typeof things)[number];
            if (round) painter.ellipse(way.x, way.y, hx, hy, 0, paint);
            else painter.box(way.x, way.y, hx, hy, 0, paint);
          });
          arm(painter, hand[0], hand[1] - above * hy, 1);
        },
      };
    },
    sound: (context) => soundBodies(context, contacts, [0.4], { gain: 0.8, ground: 0.1 }),
  };
}

/** Middle of the thing, and of the hand. */
function wayOf(
  act: Act,
  time: number,
  half: number,
): { readonly x: number; readonly y: number; readonly hand: readonly [number, number] } {
  const { start, land, leave, x, y, fromX, fromY, abrupt, drop, turnsAway, liftedAt } = act;
  const released = drop > 0 && !turnsAway ? land - Math.sqrt((2 * drop) / GRAVITY) : land;
  const bottom = y - half;
  const goal = turnsAway ? bottom - 0.06 - drop : bottom - drop;
  const cut = 1 - 0.5 * abrupt;
  const part = Math.min(1, Math.max(0, (time - start) / Math.max(0.05, released - start)));
  const down = drop > 0 || turnsAway ? jerkless(part) : jerkless(part * cut) / jerkless(cut);
  const across = jerkless(Math.min(1, part * 1.15));
  const carried = [fromX + (x - fromX) * across, fromY + (goal - fromY) * down] as const;
  const away = time > leave ? smoothStep((time - leave) / 0.6) : 0;
  const hand = [carried[0] + (fromX - carried[0]) * away, carried[1] + (fromY - 0.35 - carried[1]) * away] as const;
  if (turnsAway || time > liftedAt) {
    const since = turnsAway ? away : smoothStep((time - liftedAt) / 0.6);
    return {
      x: carried[0] + (fromX - carried[0]) * since,
      y: (turnsAway ? carried[1] : bottom) + (fromY - 0.35 - (turnsAway ? carried[1] : bottom)) * since,
      hand,
    };
  }
  if (time > land) return { x, y: bottom, hand };
  if (time > released) return { x, y: goal + 0.5 * GRAVITY * (time - released) ** 2, hand };
  return { x: carried[0], y: carried[1], hand };
}
