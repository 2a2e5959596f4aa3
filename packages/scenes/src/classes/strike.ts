/** Strike: an arm with a head swings down on a thing that stands still; some swings stop short and make no sound. */
import { createPaint, drawColour } from "../looks.js";
import { type Paint, type Painter, solid } from "../painter.js";
import type { Contact, PlanContext, ScenePlan } from "../plan.js";
import { drawSolid, drawStart, drawTimes, pluralOf, sizeWord, smoothStep, soundBodies } from "./shared.js";

interface Swing {
  readonly time: number;
  /** Height of the swing in radians. */
  readonly lift: number;
  /** Seconds from the top to the contact. */
  readonly duration: number;
  /** Angle at which the swing ends: 0 touches. */
  readonly stop: number;
}

const SHAPES = {
  bar: { hx: [0.17, 0.27], hy: [0.035, 0.055], words: ["bar", "plank", "rod"] },
  plate: { hx: [0.16, 0.24], hy: [0.04, 0.06], words: ["plate"] },
  block: { hx: [0.12, 0.18], hy: [0.09, 0.14], words: ["block", "box"] },
  bowl: { hx: [0.13, 0.19], hy: [0.1, 0.14], words: ["bowl", "cup"] },
  bottle: { hx: [0.07, 0.1], hy: [0.15, 0.2], words: ["bottle"] },
  bell: { hx: [0.12, 0.17], hy: [0.12, 0.17], words: ["bell"] },
} as const;

/** Angle of the arm at a time: rise, fast fall, rebound. */
function angleAt(swings: readonly Swing[], time: number): number {
  let previous: Swing | undefined;
  for (const swing of swings) {
    if (time < swing.time) {
      const top = swing.time - swing.duration;
      if (time >= top) {
        const part = (time - top) / swing.duration;
        return swing.stop + (swing.lift - swing.stop) * (1 - part * part);
      }
      const [start, from] = previous ? reboundOf(previous, top) : [top - 0.35, 0.25 * swing.lift];
      if (time < start) return previous ? rebound(previous, time) : from;
      return from + (swing.lift - from) * smoothStep((time - start) / Math.max(1e-3, top - start));
    }
    previous = swing;
  }
  return previous ? rebound(previous, time) : 0.3;
}

/** The rebound lasts 0.13 s or until the next top. */
function reboundOf(previous: Swing, top: number): [number, number] {
  const end = Math.min(previous.time + 0.13, previous.time + 0.6 * Math.max(0.01, top - previous.time));
  return [end, rebound(previous, end)];
}

function rebound(swing: Swing, time: number): number {
  const part = Math.min(1, (time - swing.time) / 0.13);
  return swing.stop + 0.4 * swing.lift * (1 - (1 - part) ** 2);
}

/** Plan a strike scene. */
export function planStrike({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const shape = random.pick(Object.keys(SHAPES) as (keyof typeof SHAPES)[]);
  const hx = random.range(SHAPES[shape].hx[0], SHAPES[shape].hx[1]);
  const hy = random.range(SHAPES[shape].hy[0], SHAPES[shape].hy[1]);
  const ground = random.range(0.76, 0.9);
  const centre = random.range(0.3, 0.46);
  const headRadius = random.range(0.04, 0.065);
  const arm = random.range(0.34, 0.5);
  const topLine = ground - 2 * hy;
  const shortest = random.chance(0.2) ? 0.16 : 0.26;
  const times = drawTimes(random, drawStart(random, seconds), seconds, shortest, random.range(0.5, 1.3));
  const feints = random.chance(0.25);
  const swings: Swing[] = times.map((time, i) => {
    const gap = i === 0 ? 1 : time - (times[i - 1] as number);
    const lift = random.range(0.35, 0.95) * Math.min(1, 0.45 + gap);
    return {
      time,
      lift,
      duration: Math.min(random.range(0.07, 0.13), gap * 0.4),
      stop: feints && i > 0 && random.chance(0.3) ? lift * random.range(0.35, 0.5) : 0,
    };
  });
  const contactX = centre + hx * random.range(-0.3, 0.5);
  const contacts: Contact[] = swings
    .filter((swing) => swing.stop === 0)
    .map(({ time, lift }) => ({
      time,
      kind: "hit",
      velocity: Math.max(0.12, Math.min(1, lift * 1.05)),
      x: contactX,
      y: topLine,
    }));
  const size = Math.min(1, Math.max(0, (hx * hy * 4 - 0.02) / 0.075));
  const { words } = SHAPES[shape];
  const word = words.length === 1 ? words[0] : random.pick<string>(words);
  return {
    material,
    words: {
      object: word,
      plural: pluralOf(word),
      place: random.pick(["on a table", "on a stand", ""]),
      size: sizeWord(size, random),
    },
    contacts,
    gain: 1,
    exposures: 4,
    ground,
    picture: ({ random: look, detail }) => {
      const body = createPaint(material, look, { detail });
      const handle = solid(...drawColour(look.pick(["wood", "metal", "plastic"] as const), look));
      const head = createPaint(look.pick(["wood", "rubber", "plastic", "metal"] as const), look, { detail });
      const shakes = look.range(0.003, 0.012);
      const square = look.chance(0.4);
      return {
        moving: (painter, time) => {
          let shake = 0;
          for (const { time: at, velocity } of contacts) {
            const since = time - at;
            if (since > 0 && since < 0.4) shake += shakes * velocity * Math.exp(-since / 0.1) * Math.sin(since * 75);
          }
          drawTarget(painter, shape, centre, ground - hy + shake, hx, hy, body);
          const angle = angleAt(swings, time);
          const pivotX = contactX + arm;
          const pivotY = topLine - headRadius;
          const x = pivotX - arm * Math.cos(angle);
          const y = pivotY - arm * Math.sin(angle);
          painter.capsule(pivotX, pivotY, x, y, 0.016, handle);
          if (square) painter.box(x, y, headRadius * 0.8, headRadius, angle, head);
          else painter.ellipse(x, y, headRadius, headRadius, angle, head);
        },
      };
    },
    sound: (context) => soundBodies(context, contacts, [size], { gain: 1, ground: 0.04 }),
  };
}

function drawTarget(
  painter: Painter,
  shape: keyof typeof SHAPES,
  x: number,
  y: number,
  hx: number,
  hy: number,
  paint: Paint,
): void {
  if (shape === "plate" || shape === "bell") painter.ellipse(x, y, hx, hy, 0, paint);
  else if (shape === "bowl") {
    painter.ellipse(x, y, hx, hy, 0, paint);
    painter.box(x, y - hy * 0.8, hx, hy * 0.2, 0, paint);
  } else if (shape === "bottle") {
    painter.box(x, y + hy * 0.3, hx, hy * 0.7, 0, paint);
    painter.box(x, y - hy * 0.6, hx * 0.45, hy * 0.4, 0, paint);
  } else painter.box(x, y, hx, hy, 0, paint);
}
