/** Walk: steps of someone who comes, goes, or looks down at their own feet; only touching the ground is heard. */
import { soundSteps } from "../../classes/footsteps.js";
import { drawSolid, lastBefore, smoothStep } from "../../classes/shared.js";
import type { Contact, PlanContext, ScenePlan } from "../../plan.js";
import { dullPaint } from "../world.js";

/** Plan a scene of steps seen from the front, from behind or from above. */
export function planWalk({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const above = random.chance(0.45);
  const tempo = Math.exp(random.range(Math.log(0.25), Math.log(0.95)));
  const stops = random.chance(0.3) ? random.range(0.4, 0.9) * seconds : seconds + 1;
  const times: number[] = [];
  for (let time = random.range(-0.8, 0.4) * Math.min(1, seconds); time < stops; time += tempo * random.range(0.85, 1.15))
    times.push(time);
  const size = random.range(0.4, 1.3);
  const wide = size * (above ? random.range(0.1, 0.22) : random.range(0.05, 0.11));
  const stride = above ? size * random.range(0.15, 0.4) : 0;
  const lift = size * random.range(0.04, 0.16);
  const middle = random.range(0.35, 0.65);
  const bottom = above ? random.range(0.45, 0.7) : random.range(0.7, 0.95);
  const grows = above ? 0 : random.range(-0.3, 0.3);
  const sizeAt = (time: number) => Math.exp(grows * (time - seconds / 2) * 0.5);
  const going = random.chance(0.6);
  const side = random.range(-0.25, 0.25);
  const path = (time: number) => middle + side * (time / seconds - 0.5);
  /** How far the walker has come. */
  const come = (time: number): number => {
    const last = lastBefore(times, time);
    const next = times[last + 1];
    if (last < 0) return 0;
    const part = next === undefined ? 0 : (time - (times[last] as number)) / (next - (times[last] as number));
    return stride * (last + part);
  };
  /** In front of the camera from the start where it follows, else in the middle of the clip. */
  const home = bottom + (above && !going ? come(seconds / 2) : 0);
  const placeOf = (which: number, time: number) => {
    const landed = times.filter((_, i) => i % 2 === which);
    const last = lastBefore(landed, time);
    const next = landed[last + 1];
    const from = landed[last] ?? (next ?? time) - 2 * tempo;
    const swing = next === undefined ? 1 : Math.min(tempo * 0.9, (next - from) * 0.65);
    const part = next === undefined ? 0 : Math.max(0, (time - (next - swing)) / swing);
    // A foot that stands stays where it came down while the rest goes on; one that comes down is still moving.
    const swung = smoothStep(0.85 * part) / smoothStep(0.85);
    const stood = from + ((next ?? from) - from) * swung;
    const grown = sizeAt(stood);
    const x = path(stood) + (which - 0.5) * 2 * wide * grown;
    const y = above ? home - stride * (2 * last + which + 2 * swung) : bottom + 0.18 * (grown - 1);
    return { x, y, up: lift * grown * 2.6 * part * (1 - part * part), grown };
  };
  const contacts: Contact[] = times.map((time, i) => {
    const { x, y } = placeOf(i % 2, time);
    return { time, kind: "step", velocity: Math.max(0.15, Math.min(1, 2.5 * lift + 0.3 + 0.1 * random.normal())), x, y };
  });
  return {
    material,
    words: {
      object: "floor",
      plural: "floors",
      place: random.pick(["floor", "ground", "walkway", "stairs"]),
      size: tempo < 0.4 ? "quick" : tempo > 0.7 ? "slow" : "",
    },
    contacts,
    gain: 0.5,
    exposures: 3,
    ground: above ? null : bottom - random.range(0.1, 0.5),
    ...(above && going ? { follow: (time: number) => [0, -come(time)] as const } : {}),
    picture: ({ random: look }) => {
      const [shoe, cloth, shirt, skin] = [0, 1, 2, 3].map(() => dullPaint(look)) as [Cloth, Cloth, Cloth, Cloth];
      const sole = look.range(0.03, 0.07) * size;
      const leg = look.range(0.035, 0.06) * size;
      const tall = look.range(0.75, 1) * size;
      const sway = look.range(0, 0.02);
      return {
        moving: (painter, time) => {
          const feet = [placeOf(0, time), placeOf(1, time)];
          if (above) {
            for (const { x, y, up } of feet) {
              const near = 1 + 0.8 * up;
              painter.capsule(
                x * 0.6 + path(time) * 0.4,
                home - come(time) + 0.7,
                x,
                y + 0.04 + 0.3 * up,
                leg * 1.3 * near,
                cloth,
              );
              painter.ellipse(x, y, sole * 1.1 * near, sole * 2.2 * near, 0, shoe);
              painter.ellipse(x, y + sole, sole * 0.8 * near, sole * near, 0, cloth);
            }
            return;
          }
          const grown = sizeAt(time);
          const bob = sway * Math.sin((Math.PI * time) / tempo);
          const hipX = path(time) + bob;
          const hipY = bottom + 0.18 * (grown - 1) - 0.5 * tall * grown;
          for (const { x, y, up } of feet) {
            const kneeX = (x + hipX) / 2 + (x - hipX) * 0.2;
            const kneeY = (y - up + hipY) / 2 - 0.4 * up;
            painter.capsule(hipX + (x - hipX) * 0.6, hipY, kneeX, kneeY, leg * 1.2 * grown, cloth);
            painter.capsule(kneeX, kneeY, x, y - up - sole * 0.8, leg * grown, cloth);
            painter.ellipse(x, y - up - sole * 0.4, sole * grown * 0.9, sole * (0.55 + 1.5 * up) * grown, 0, shoe);
          }
          const shoulder = hipY - 0.36 * tall * grown;
          feet.forEach(({ up }, which) => {
            const armX = hipX + (which - 0.5) * 0.24 * tall * grown;
            painter.capsule(armX, shoulder, armX + (which - 0.5) * 0.05, hipY - up * 1.2, 0.035 * tall * grown, shirt);
          });
          painter.capsule(hipX, hipY, hipX, shoulder, 0.085 * tall * grown, shirt);
          painter.ellipse(hipX, shoulder - 0.12 * tall * grown, 0.055 * tall * grown, 0.075 * tall * grown, 0, skin);
        },
      };
    },
    sound: (context) => soundSteps(context, contacts),
  };
}

type Cloth = ReturnType<typeof dullPaint>;
