/** Things that are struck, and what flies off them. */
import type { Random } from "@foley-control/core";
import type { Paint, Painter } from "../painter.js";
import type { Contact } from "../plan.js";

/** What is left of the hits at a time: a swing that dies away. */
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
  paint: () => Paint,
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

/** Chips or sparks that fly from contacts, or nothing. */
export function drawChips(
  random: Random,
  contacts: readonly Contact[],
  paint: Paint,
  often: number,
): (painter: Painter, time: number) => void {
  if (!random.chance(often)) return () => {};
  const size = random.range(0.004, 0.018);
  const chips = Array.from(
    { length: random.integer(3, 10) },
    () => [random.normal() * 0.5, random.range(-1.2, -0.1), random.range(0.15, 0.5)] as const,
  );
  return (painter, time) => {
    for (const contact of contacts) {
      const since = time - contact.time;
      if (since <= 0 || since > 0.5) continue;
      for (const [vx, vy, lasts] of chips) {
        if (since > lasts) continue;
        const force = 0.3 + 0.7 * contact.velocity;
        painter.ellipse(
          contact.x + vx * force * since,
          contact.y + vy * force * since + 1.6 * since * since,
          size,
          size * 0.7,
          9 * since,
          paint,
        );
      }
    }
  };
}
