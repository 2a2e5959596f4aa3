/** Scatter: pieces rain down one after another; each lands, jumps once and comes to rest. */
import { createPaint } from "../looks.js";
import type { Contact, PlanContext, ScenePlan } from "../plan.js";
import { drawSolid, drawStart, soundBodies } from "./shared.js";

interface Piece {
  readonly landing: number;
  readonly second: number;
  readonly x: number;
  readonly drift: number;
  readonly size: number;
  readonly gravity: number;
  readonly turn: number;
}

/** Plan a scattering scene. */
export function planScatter({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const ground = random.range(0.76, 0.9);
  const count = random.integer(4, 10);
  const gravity = random.range(4, 9);
  const restitution = random.range(0.22, 0.38);
  const speed = Math.sqrt(2 * gravity * (ground + 0.1));
  const pieces: Piece[] = [];
  const contacts: Contact[] = [];
  let time = drawStart(random, seconds);
  const dense = random.chance(0.3);
  for (let i = 0; i < count && time < seconds - 0.05; i++) {
    const second = time + (2 * restitution * speed) / gravity;
    const size = random.range(0.03, 0.06);
    const x = random.range(0.15, 0.85);
    const drift = random.range(-0.12, 0.12);
    const velocity = Math.min(1, (speed / 4.2) * random.range(0.7, 1.1));
    pieces.push({ landing: time, second, x, drift, size, gravity, turn: random.range(-8, 8) });
    contacts.push({ time, kind: "hit", velocity, x, y: ground, body: i });
    if (second < seconds) {
      const rest = { velocity: Math.max(0.05, velocity * restitution), x: x + drift * (second - time) };
      contacts.push({ time: second, kind: "hit", ...rest, y: ground, body: i });
    }
    time += dense ? random.range(0.06, 0.22) : random.range(0.16, 0.55);
  }
  contacts.sort((a, b) => a.time - b.time);
  const round = random.chance(0.4);
  const object = round ? random.pick(["bead", "ball", "marble", "coin"]) : random.pick(["piece", "block", "cube", "chip"]);
  return {
    material,
    words: { object, plural: `${object}s`, place: random.pick(["on a floor", "on a table", "on the ground", "on the floor"]) },
    contacts,
    gain: 0.55,
    exposures: 4,
    ground,
    picture: ({ random: look, detail }) => {
      const paints = pieces.map(() => createPaint(material, look, { detail: Math.min(detail, 32) }));
      const restitutionSpeed = (piece: Piece) => (piece.second - piece.landing) * piece.gravity * 0.5;
      return {
        moving: (painter, now) => {
          pieces.forEach((piece, i) => {
            const before = piece.landing - now;
            let height = 0;
            let moved = 0;
            let angle = 0;
            if (before > 0) {
              // Each piece enters from above the picture.
              const fall = Math.sqrt((2 * (ground + 0.1)) / piece.gravity);
              if (before > fall) return;
              height = ground + 0.1 - 0.5 * piece.gravity * (fall - before) ** 2;
              // Free fall from above hits the ground exactly at the landing time.
              angle = -before * piece.turn;
            } else {
              const since = Math.min(-before, piece.second - piece.landing);
              height = Math.max(0, restitutionSpeed(piece) * since - 0.5 * piece.gravity * since * since);
              moved = piece.drift * since;
              angle = (piece.turn * since) / 2;
            }
            const paint = paints[i] as (typeof paints)[number];
            const y = ground - piece.size - height;
            if (round) painter.ellipse(piece.x + moved, y, piece.size, piece.size, angle, paint);
            else painter.box(piece.x + moved, y, piece.size, piece.size * 0.8, height > 0 ? angle : 0, paint);
          });
        },
      };
    },
    sound: (context) =>
      soundBodies(
        context,
        contacts,
        pieces.map((piece) => (0.06 - piece.size) * -12 + 0.36),
        { gain: 0.55, ground: 0.03 },
      ),
  };
}
