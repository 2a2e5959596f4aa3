/** Hop: someone jumps or skips on the spot; coming down is heard, going up is not. Held out. */
import { soundSteps } from "../../classes/footsteps.js";
import { drawSolid, lastBefore } from "../../classes/shared.js";
import type { Contact, PlanContext, ScenePlan } from "../../plan.js";
import { dullPaint } from "../world.js";

interface Jump {
  readonly rises: number;
  readonly time: number;
}

/** Plan a scene of jumps. */
export function planHop({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const gravity = random.range(2.5, 7);
  const floor = random.range(0.7, 0.95);
  const [rest, varied] = [random.range(0.04, 0.6), random.range(0, 0.5)];
  const air = random.range(0.18, 0.55);
  const jumps: Jump[] = [];
  for (let rises = random.range(-0.5, 0.6); rises < seconds && jumps.length < 16; ) {
    const time = rises + air * random.range(0.75, 1.2);
    jumps.push({ rises, time });
    rises = time + rest * Math.exp(varied * random.normal()) + 0.03;
  }
  const x = random.range(0.35, 0.65);
  const drift = random.range(-0.15, 0.15);
  const placeAt = (time: number) => x + drift * (time / seconds - 0.5);
  const contacts: Contact[] = jumps.map(({ time, rises }) => ({
    time,
    kind: "step",
    velocity: Math.max(0.2, Math.min(1, (gravity * (time - rises)) / 3)),
    x: placeAt(time),
    y: floor,
  }));
  return {
    material,
    words: { object: "floor", plural: "floors", place: random.pick(["floor", "ground", "walkway"]), size: "" },
    contacts,
    gain: 0.6,
    exposures: 3,
    ground: floor - random.range(0, 0.4),
    picture: ({ random: look }) => {
      const [legs, body, head, shoe] = [0, 1, 2, 3].map(() => dullPaint(look)) as [Cloth, Cloth, Cloth, Cloth];
      const tall = look.range(0.5, 1.5);
      const [wide, crouch] = [look.range(0.03, 0.1), look.range(0.06, 0.2)];
      const rope = look.chance(0.3) ? dullPaint(look) : undefined;
      return {
        moving: (painter, time) => {
          const index = lastBefore(
            jumps.map((jump) => jump.rises),
            time,
          );
          const jump = jumps[index];
          const flying = jump !== undefined && time < jump.time;
          const up = flying ? 0.5 * gravity * (time - jump.rises) * (jump.time - time) : 0;
          const next = jumps[index + 1];
          // Knees give after landing and before rising; they are straight at both.
          const landed = jump && !flying ? dent((time - jump.time) / 0.08) : 0;
          const ready = next && !flying ? dent((next.rises - time) / 0.1) : 0;
          const bend = crouch * tall * Math.min(1, landed + ready);
          const middle = placeAt(time);
          const feet = floor - up;
          const hip = feet - 0.5 * tall + bend;
          for (const side of [-1, 1]) {
            const knee = middle + side * wide * 1.6 + bend * 0.5;
            painter.capsule(middle + side * wide * 0.6, hip, knee, (hip + feet) / 2, 0.05 * tall, legs);
            painter.capsule(knee, (hip + feet) / 2, middle + side * wide, feet - 0.03 * tall, 0.042 * tall, legs);
            painter.box(middle + side * wide * 1.2, feet - 0.02 * tall, 0.045 * tall, 0.02 * tall, 0, shoe);
            painter.capsule(
              middle + side * 0.09 * tall,
              hip - 0.3 * tall,
              middle + side * 0.16 * tall,
              hip - 0.1 * tall - up,
              0.03 * tall,
              body,
            );
          }
          painter.capsule(middle, hip, middle, hip - 0.32 * tall, 0.08 * tall, body);
          painter.ellipse(middle, hip - 0.48 * tall, 0.06 * tall, 0.08 * tall, 0, head);
          if (rope) {
            const turn = jump ? (time - jump.rises) / Math.max(0.1, jump.time - jump.rises) : 0;
            painter.ring(middle, hip - 0.1 * tall, 0.25 * tall, 0.6 * tall * Math.abs(Math.cos(Math.PI * turn)), 0.008, rope);
          }
        },
      };
    },
    sound: (context) => soundSteps(context, contacts),
  };
}

/** 0, then 1 at 1, then dying away. */
const dent = (since: number): number => (since > 0 ? since * Math.exp(1 - since) : 0);

type Cloth = ReturnType<typeof dullPaint>;
