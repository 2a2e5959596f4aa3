/** Rally: a ball goes between rackets or bats, near and far, and touches the ground between; a racket goes on after its hit. */
import type { Random } from "@foley-control/core";
import { drawSolid, lastBefore, soundBodies } from "../../classes/shared.js";
import { createPaint } from "../../looks.js";
import { solid } from "../../painter.js";
import type { Contact, PlanContext, ScenePlan } from "../../plan.js";
import { drawView } from "../space.js";
import { dullPaint } from "../world.js";

/** A moment at which the ball changes its way. */
interface Turn {
  readonly time: number;
  readonly right: number;
  readonly away: number;
  readonly up: number;
  /** Player who hits, or -1: the ground. */
  readonly player: number;
}

const GRAVITY = 4;

function drawTurns(random: Random, seconds: number, court: number): Turn[] {
  const turns: Turn[] = [];
  const pace = Math.exp(random.range(Math.log(0.35), Math.log(1.4)));
  const bounces = random.chance(0.75);
  let player = random.integer(0, 2);
  for (let time = random.range(-0.8, 0.3); time < seconds + 1; ) {
    const side = player ? 1 : -1;
    turns.push({
      time,
      player,
      right: 0.25 * court * random.normal(),
      away: side * court * random.range(0.8, 1.1),
      up: random.range(0.06, 0.25) * court,
    });
    const gap = pace * random.range(0.75, 1.3);
    if (bounces && random.chance(0.8))
      turns.push({
        time: time + gap * random.range(0.5, 0.75),
        player: -1,
        right: 0.2 * court * random.normal(),
        away: -side * court * random.range(0.2, 0.7),
        up: 0,
      });
    time += gap;
    player = 1 - player;
  }
  return turns;
}

/** Plan a scene of a ball game. */
export function planRally({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const court = Math.exp(random.range(Math.log(0.3), Math.log(0.9)));
  const view = drawView(random, [0.15, 0.9]);
  const turns = drawTurns(random, seconds, court);
  const times = turns.map(({ time }) => time);
  const ballAt = (time: number) => {
    const index = Math.max(0, lastBefore(times, time));
    const from = turns[index] as Turn;
    const to = turns[index + 1] ?? from;
    const takes = Math.max(0.05, to.time - from.time);
    const since = time - from.time;
    const part = since / takes;
    return {
      right: from.right + (to.right - from.right) * part,
      away: from.away + (to.away - from.away) * part,
      up: Math.max(0, from.up + (to.up - from.up) * part + 0.5 * GRAVITY * court * since * (takes - since)),
    };
  };
  const contacts: Contact[] = turns.slice(1).map(({ time, right, away, up, player }) => {
    const { x, y } = view(right, up, away);
    return { time, kind: "hit", velocity: player < 0 ? random.range(0.1, 0.45) : random.range(0.4, 1), x, y };
  });
  return {
    material,
    words: {
      object: "ball",
      plural: "balls",
      place: random.pick(["on the ground", "on a table", ""]),
      variant: random.pick(["racket", "bat"]),
    },
    contacts,
    gain: 0.9,
    exposures: 3,
    ground: random.chance(0.8) ? view(0, 0, 0).y - random.range(0.05, 0.4) : null,
    picture: ({ random: look, detail }) => {
      const ball = createPaint(material, look, { detail });
      const radius = court * Math.exp(look.range(-4, -2.6));
      const bodies = [0, 1].map(() => ({
        shirt: dullPaint(look),
        legs: dullPaint(look),
        bat: dullPaint(look),
        side: look.chance(0.5) ? 1 : -1,
        idle: look.range(1, 5),
        swing: look.range(1.2, 3),
        length: court * look.range(0.12, 0.3),
        head: court * look.range(0.035, 0.09),
      }));
      const tall = court * look.range(0.6, 0.95);
      const line = look.chance(0.7) ? solid(235, 235, 230) : undefined;
      const shade = look.chance(0.6) ? look.range(0.15, 0.45) : 0;
      return {
        still: (painter) => {
          if (!line) return;
          for (const away of [-1.1, 0, 1.1]) {
            const [a, b] = [view(-court, 0, away * court), view(court, 0, away * court)];
            painter.capsule(a.x, a.y, b.x, b.y, 0.008, line);
          }
        },
        moving: (painter, time) => {
          const order = view(0, 0, court).scale > view(0, 0, -court).scale ? [0, 1] : [1, 0];
          const { right, away, up } = ballAt(time);
          const drawBall = () => {
            const spot = view(right, 0, away);
            if (shade)
              painter.ellipse(spot.x, spot.y, radius * spot.scale * 1.3, radius * spot.scale * 0.5, 0, solid(0, 0, 0, shade));
            const { x, y, scale } = view(right, up, away);
            painter.ellipse(x, y, radius * scale, radius * scale, 0, ball);
          };
          order.forEach((player, place) => {
            if (place === 1) drawBall();
            const body = bodies[player] as (typeof bodies)[number];
            const own = turns.filter((turn) => turn.player === player);
            const index = lastBefore(
              own.map((turn) => turn.time),
              time,
            );
            const [before, after] = [own[index], own[index + 1]];
            const next = after ?? before;
            if (!next) return;
            const part = before && after ? (time - before.time) / (after.time - before.time) : after ? 1 : 0;
            const ease = part * part * (3 - 2 * part);
            const stands = before && after ? before.right + (after.right - before.right) * ease : next.right;
            const at = next.away + (player ? 1 : -1) * 0.12 * court;
            const feet = view(stands + 0.12 * court * body.side, 0, at);
            const scale = feet.scale;
            const step = 0.06 * tall * Math.sin(9 * body.idle * 0.4 * time) * scale;
            const hip = { x: feet.x, y: feet.y - 0.48 * tall * scale + 0.2 * Math.abs(step) };
            painter.capsule(hip.x, hip.y, feet.x - 0.08 * tall * scale + step, feet.y, 0.05 * tall * scale, body.legs);
            painter.capsule(hip.x, hip.y, feet.x + 0.08 * tall * scale - step, feet.y, 0.05 * tall * scale, body.legs);
            painter.capsule(hip.x, hip.y, hip.x, hip.y - 0.3 * tall * scale, 0.09 * tall * scale, body.shirt);
            painter.ellipse(hip.x, hip.y - 0.45 * tall * scale, 0.06 * tall * scale, 0.08 * tall * scale, 0, body.legs);
            // The bat swings through the ball: at the hit its head is where the ball is.
            const until = after ? after.time - time : Number.POSITIVE_INFINITY;
            const since = before ? time - before.time : Number.POSITIVE_INFINITY;
            const near = since < until ? before : after;
            const phase = since < until ? since : -until;
            const hit = near ? view(near.right, near.up, near.away) : hip;
            const angle =
              body.side *
              body.swing *
              Math.tanh(phase / 0.12) *
              (phase < 0 ? Math.exp(-Math.max(0, -phase - 0.35)) : Math.exp(-Math.max(0, phase - 0.15) * 2));
            const shoulder = { x: hip.x, y: hip.y - 0.25 * tall * scale };
            const reach = Math.hypot(hit.x - shoulder.x, hit.y - shoulder.y);
            const toBall = Math.atan2(hit.y - shoulder.y, hit.x - shoulder.x) + angle;
            const shorter = 1 - 0.3 * Math.min(1, Math.abs(phase) / 0.3);
            const x = shoulder.x + reach * shorter * Math.cos(toBall);
            const y = shoulder.y + reach * shorter * Math.sin(toBall);
            const grip = Math.max(0.1, 1 - (body.length * scale) / Math.max(0.01, reach));
            const handX = shoulder.x + (x - shoulder.x) * grip;
            const handY = shoulder.y + (y - shoulder.y) * grip;
            painter.capsule(shoulder.x, shoulder.y, handX, handY, 0.03 * tall * scale, body.shirt);
            painter.capsule(handX, handY, x, y, 0.012 * scale * court + 0.004, body.bat);
            painter.ellipse(x, y, body.head * scale, body.head * scale * 0.8, toBall, body.bat);
          });
        },
      };
    },
    sound: (context) => soundBodies(context, contacts, [0.25], { gain: 0.9, ground: 0.06 }),
  };
}
