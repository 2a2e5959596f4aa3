/** Silent things that move in nearly every filmed clip: limbs, people far off, leaves, curtains, a hand that touches nothing. */
import type { Random } from "@foley-control/core";
import { smoothStep } from "../classes/shared.js";
import type { Paint, Painter } from "../painter.js";

/** Draws at a time. */
export type Mover = (painter: Painter, time: number) => void;

/** Kinds of silent movers. */
const MOVER_KINDS = [
  "limb",
  "limb",
  "hand",
  "hand",
  "walker",
  "walker",
  "leaves",
  "leaves",
  "drift",
  "drift",
  "jitter",
  "curtain",
] as const;

/** A silent mover. */
export function drawMover(random: Random, paint: () => Paint, seconds: number): Mover {
  const kind = random.pick(MOVER_KINDS);
  const [body, other] = [paint(), paint()];
  const size = Math.exp(random.range(-4, -1.9));
  const [x0, y0] = [random.range(-0.1, 1.1), random.range(-0.1, 1.1)];
  const reach = random.range(0.01, 0.22);
  const [rateX, rateY] = [Math.exp(random.range(-0.7, 2.6)), Math.exp(random.range(-0.7, 2.4))];
  const [phaseX, phaseY] = [random.range(0, 6.3), random.range(0, 6.3)];
  const waveX = (time: number, faster = 1) => Math.sin(faster * rateX * time + phaseX);
  const waveY = (time: number, faster = 1) => Math.sin(faster * rateY * time + phaseY);
  const side = random.range(0, 2 * Math.PI);
  const [edgeX, edgeY] = [x0 + 1.1 * Math.cos(side), y0 + 1.1 * Math.sin(side)];
  if (kind === "limb" || kind === "hand") {
    const stops = drawStops(random, seconds, x0, y0, reach);
    return (painter, time) => {
      const [x, y] = kind === "hand" ? stops(time) : [x0 + reach * waveX(time), y0 + 0.8 * reach * waveY(time)];
      painter.capsule(edgeX, edgeY, (edgeX + x) / 2, (edgeY + y) / 2 + 0.1, size * 0.9, body);
      painter.capsule((edgeX + x) / 2, (edgeY + y) / 2 + 0.1, x, y, size * 0.7, body);
      painter.ellipse(x, y, size, size * 0.8, side, other);
    };
  }
  if (kind === "walker") {
    const tall = random.range(0.15, 0.9);
    const speed = random.range(-0.4, 0.4) * tall;
    const top = random.range(-0.1, 0.5);
    const gait = 2 * Math.PI * random.range(0.7, 1.3);
    return (painter, time) => {
      const x = x0 + speed * (time - seconds / 2);
      const bob = 0.01 * tall * Math.abs(Math.sin(gait * time));
      const swing = 0.16 * tall * Math.sin(gait * time + phaseX);
      const hip = top + 0.5 * tall + bob;
      for (const way of [-1, 1]) {
        painter.capsule(x, hip, x + way * swing, top + tall, 0.045 * tall, other);
        painter.capsule(x + 0.05 * tall * way, top + 0.2 * tall + bob, x - way * swing * 0.8, hip, 0.03 * tall, body);
      }
      painter.capsule(x, top + 0.2 * tall + bob, x, hip, 0.1 * tall, body);
      painter.ellipse(x, top + 0.06 * tall + bob, 0.06 * tall, 0.08 * tall, 0, other);
    };
  }
  if (kind === "leaves") {
    const leaves = Array.from(
      { length: random.integer(4, 14) },
      () => [random.normal(), random.normal(), random.range(0, 6.3)] as const,
    );
    return (painter, time) => {
      for (const [dx, dy, phase] of leaves)
        painter.ellipse(
          x0 + 0.12 * dx + 0.06 * reach * Math.sin(2 * rateX * time + phase),
          y0 + 0.12 * dy + 0.06 * reach * waveY(time + phase),
          0.5 * size,
          0.25 * size,
          phase + 0.5 * waveX(time + phase),
          phase > 3 ? body : other,
        );
    };
  }
  if (kind === "curtain") {
    return (painter, time) => {
      for (let fold = 0; fold < 4; fold++)
        painter.box(
          x0 + 0.07 * fold + 0.03 * Math.sin(0.4 * rateX * time + fold),
          0.4,
          0.04,
          0.7,
          0.05 * Math.sin(0.3 * rateY * time + fold),
          fold & 1 ? body : other,
        );
    };
  }
  const square = random.chance(0.5);
  const aspect = random.range(0.4, 1.6);
  return (painter, time) => {
    const x = kind === "drift" ? x0 + (rateX - 4) * 0.06 * (time - seconds / 2) : x0 + 0.3 * reach * waveX(time, 2) * waveY(time);
    const y = y0 + (kind === "drift" ? 0.2 : 0.3) * reach * waveY(time, 1.7);
    const angle = 0.3 * waveX(time, 0.5);
    if (square) painter.box(x, y, size, size * aspect, angle, body);
    else painter.ellipse(x, y, size, size * aspect, angle, body);
  };
}

/** A place that goes from stop to stop. */
function drawStops(
  random: Random,
  seconds: number,
  x0: number,
  y0: number,
  reach: number,
): (time: number) => readonly [number, number] {
  const stops: { from: number; takes: number; x: number; y: number }[] = [];
  for (let from = random.range(-0.5, 1); from < seconds; from += random.range(0.2, 1.4))
    stops.push({ from, takes: random.range(0.1, 0.6), x: x0 + reach * random.normal(), y: y0 + reach * random.normal() });
  return (time) => {
    let [x, y] = [x0, y0];
    for (const stop of stops) {
      if (time < stop.from) break;
      const part = smoothStep((time - stop.from) / stop.takes);
      x += (stop.x - x) * part;
      y += (stop.y - y) * part;
    }
    return [x, y];
  };
}
