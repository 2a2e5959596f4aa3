/** Drop: things fall from a hand or fly in, bounce one to four times, turning over, and lie; some fly past and touch nothing. Balls come nearer and go farther. */
import type { Random } from "@foley-control/core";
import { drawSolid, lastBefore, pluralOf, smoothStep, soundBodies } from "../../classes/shared.js";
import { createPaint } from "../../looks.js";
import { solid } from "../../painter.js";
import type { Contact, PlanContext, ScenePlan } from "../../plan.js";
import { drawArm } from "../arms.js";
import { drawView } from "../space.js";

interface Flight {
  readonly times: readonly number[];
  /** Upward speed after each contact. */
  readonly launches: readonly number[];
  readonly released: number;
  readonly height: number;
  readonly gravity: number;
  /** Place at release, and its speed until it lies. */
  readonly from: readonly [number, number];
  readonly speed: readonly [number, number];
  readonly passes: boolean;
  /** By a hand, until it falls; otherwise it comes from above the picture. */
  readonly held: boolean;
}

function drawFlight(random: Random, seconds: number, ball: boolean): Flight {
  const gravity = random.range(2, 9);
  const held = random.chance(0.5);
  const height = held ? random.range(0.08, 0.9) : random.range(0.9, 1.6);
  const fall = Math.sqrt((2 * height) / gravity);
  const released = random.range(-0.4, 0.75) * seconds - (ball ? 0.3 : 0);
  const restitution = ball ? random.range(0.6, 0.92) : random.range(0.15, 0.55);
  const most = ball ? random.integer(3, 12) : random.integer(1, 5);
  const times: number[] = [];
  const launches: number[] = [];
  const passes = random.chance(0.12);
  let speed = gravity * fall;
  for (let time = released + fall; time < seconds + 0.5 && times.length < most && !passes; ) {
    const launch = times.length === most - 1 ? 0 : speed * restitution * random.range(0.85, 1.05);
    const flies = (2 * launch) / gravity;
    times.push(time);
    launches.push(flies < 0.06 ? 0 : launch);
    if (flies < 0.06) break;
    time += flies;
    speed = launch;
  }
  return {
    times,
    launches,
    released,
    height,
    gravity,
    from: [0.3 * random.normal(), 0.3 * random.normal()],
    speed: [0.25 * random.normal(), (ball ? 0.6 : 0.25) * random.normal()],
    passes,
    held,
  };
}

/** Plan a scene in which things fall on a floor. */
export function planDrop({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const ball = random.chance(0.45);
  const view = drawView(random, [0.05, random.chance(0.25) ? 1.4 : 0.6]);
  const flights = Array.from({ length: random.integer(1, 4) }, () => drawFlight(random, seconds, ball));
  const at = (flight: Flight, time: number) => {
    const { times, launches, released, gravity, height, from, speed, passes } = flight;
    const last = lastBefore(times, time);
    const since = time - (last < 0 ? released : (times[last] as number));
    const launch = launches[last] ?? 0;
    const up =
      last < 0
        ? height - (passes ? -0.4 : 1) * 0.5 * gravity * Math.max(0, since) ** 2
        : Math.max(0, launch * since - 0.5 * gravity * since * since);
    // What lies no longer slides far; a ball rolls on.
    const end = times.at(-1) ?? Number.POSITIVE_INFINITY;
    const flown =
      Math.max(0, Math.min(time, end) - released) + (time > end ? (ball ? 0.8 : 0.12) * (1 - Math.exp(end - time)) : 0);
    return { right: from[0] + speed[0] * flown, away: from[1] + speed[1] * flown, up, last, flown, since };
  };
  const contacts: Contact[] = flights
    .flatMap((flight) =>
      flight.times.map((time, i): Contact => {
        const { right, away } = at(flight, time);
        const { x, y } = view(right, 0, away);
        const before = i === 0 ? Math.sqrt(2 * flight.gravity * flight.height) : (flight.launches[i - 1] as number);
        return { time, kind: "hit", velocity: Math.max(0.05, Math.min(1, before / 2.6)), x, y };
      }),
    )
    .sort((a, b) => a.time - b.time);
  const object = ball
    ? random.pick(["ball", "ball", "marble"])
    : random.pick(["box", "block", "bottle", "spoon", "cup", "rod", "brick"]);
  return {
    material,
    words: { object, plural: pluralOf(object), place: random.pick(["on the floor", "on the ground", "on a hard surface", ""]) },
    contacts,
    gain: 1,
    exposures: 3,
    ground: random.chance(0.7) ? random.range(0.3, 0.7) : null,
    picture: ({ random: look, detail }) => {
      const things = flights.map(() => ({
        paint: createPaint(material, look, { detail }),
        size: Math.exp(look.range(-4.3, -1.9)),
        aspect: ball ? 1 : look.range(0.2, 1),
        shape: ball ? 0 : look.integer(0, 3),
        spins: look.normal() * (ball ? 4 : 6),
        rests: look.chance(0.8) ? 0 : look.range(-0.4, 0.4),
      }));
      const arms = flights.map((flight) => {
        const { x, y } = view(flight.from[0], flight.height, flight.from[1]);
        return { draw: drawArm(look, "fist", look.range(-2.9, -0.2), x, y), x, y };
      });
      const shade = look.chance(0.7) ? look.range(0.2, 0.5) : 0;
      return {
        moving: (painter, time) => {
          flights.forEach((flight, i) => {
            const thing = things[i] as (typeof things)[number];
            const hold = time < flight.released;
            if (hold && !flight.held) return;
            const { right, away, up, last, flown } = at(flight, time);
            const ended = last >= 0 && last === flight.times.length - 1;
            const spot = view(right, 0, away);
            if (shade && !hold) {
              const near = 1 / (1 + 5 * up);
              painter.ellipse(
                spot.x,
                spot.y,
                thing.size * spot.scale * (1.6 - 0.6 * near),
                thing.size * spot.scale * 0.35,
                0,
                solid(0, 0, 0, shade * near),
              );
            }
            const turned = thing.spins * flown;
            const rests = Math.PI * Math.round(turned / Math.PI) + thing.rests;
            const angle =
              ended && !ball ? turned + (rests - turned) * smoothStep((time - (flight.times[last] as number)) / 0.15) : turned;
            // Its lowest point is what is at this height.
            const [across, upright] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
            const low =
              thing.size *
              (thing.shape === 0 ? thing.aspect : thing.shape === 1 ? upright + thing.aspect * across : upright + 0.25);
            const { x, y, scale } = view(right, up + low, away);
            const size = thing.size * scale;
            if (thing.shape === 0) painter.ellipse(x, y, size, size * thing.aspect, angle, thing.paint);
            else if (thing.shape === 1) painter.box(x, y, size, size * thing.aspect, angle, thing.paint);
            else
              painter.capsule(
                x - size * Math.cos(angle),
                y - size * Math.sin(angle),
                x + size * Math.cos(angle),
                y + size * Math.sin(angle),
                size * 0.25,
                thing.paint,
              );
            const arm = arms[i] as (typeof arms)[number];
            if (flight.held) {
              const gone = Math.max(0, time - flight.released);
              arm.draw(painter, arm.x + 0.02 * Math.sin(2 * time), arm.y - size - 0.5 * Math.min(4, gone * gone), 1);
            }
          });
        },
      };
    },
    sound: (context) => soundBodies(context, contacts, [ball ? 0.3 : 0.5], { gain: 1, ground: 0.08 }),
  };
}
