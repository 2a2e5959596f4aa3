/** Arms that come in from a side, and what they hold. */
import type { Random } from "@foley-control/core";
import { drawColour } from "../looks.js";
import { type Paint, type Painter, solid } from "../painter.js";
import { dullPaint } from "./world.js";

/** What a hand strikes with. */
export const TOOLS = ["stick", "hammer", "axe", "knife", "spoon", "finger", "fist", "cup"] as const;
/** What a hand strikes with only where `film` never looks. */
export const HELD_OUT_TOOLS = ["knuckles", "pestle", "mop"] as const;
/** One of either. */
export type Tool = (typeof TOOLS)[number] | (typeof HELD_OUT_TOOLS)[number];

const SKINS: readonly (readonly [number, number, number])[] = [
  [224, 172, 140],
  [198, 134, 100],
  [141, 85, 56],
  [92, 56, 40],
  [240, 200, 175],
  [60, 60, 66],
];

/** Draws an arm whose tool's tip is at a place. */
export type Arm = (painter: Painter, x: number, y: number, nearness: number) => void;

/** Draw an arm. @param direction - where the tool points away to, radians */
export function drawArm(random: Random, tool: Tool, direction: number, homeX: number, homeY: number): Arm {
  const sleeve = dullPaint(random);
  const skin = solid(...random.pick(SKINS));
  const bare = random.chance(0.4);
  const handle = solid(...drawColour(random.pick(["wood", "metal", "plastic"] as const), random));
  const head: Paint = solid(...drawColour(random.pick(["metal", "wood", "rubber"] as const), random));
  const hand = Math.exp(random.range(-4, -2.2));
  const length =
    tool === "finger" || tool === "fist" || tool === "knuckles" || tool === "cup"
      ? hand * 0.9
      : random.range(0.1, 0.45) * (tool === "knife" ? 0.7 : 1);
  const thick = Math.max(0.005, hand * random.range(0.12, 0.35));
  const blade = hand * random.range(0.4, 1.3);
  const lean = random.range(-0.9, 0.9);
  const bend = random.range(-0.25, 0.25);
  const twist = random.range(-1, 1);
  const reach = random.range(0.7, 1.3);
  const lag = random.range(0.2, 0.9);
  const shoulderX = homeX + reach * Math.cos(direction + lean);
  const shoulderY = homeY + reach * Math.sin(direction + lean);
  const fingers = random.integer(2, 5);
  const hidden = random.chance(0.12);
  return (painter, x, y, nearness) => {
    const away = Math.hypot(x - homeX, y - homeY);
    const angle = direction + 0.7 * lean + twist * away;
    const grow = nearness;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const gripX = x + length * grow * cos;
    const gripY = y + length * grow * sin;
    const r = hand * grow;
    const baseX = shoulderX + 0.4 * lag * (gripX - homeX);
    const baseY = shoulderY + 0.4 * lag * (gripY - homeY);
    const elbowX = (gripX + baseX) / 2 - bend * Math.sin(direction);
    const elbowY = (gripY + baseY) / 2 + bend * Math.cos(direction);
    if (!hidden) {
      painter.capsule(baseX, baseY, elbowX, elbowY, r * 1.15, sleeve);
      painter.capsule(elbowX, elbowY, gripX, gripY, r * 0.8, bare ? skin : sleeve);
    }
    if (tool === "finger" || tool === "knuckles")
      painter.capsule(gripX, gripY, x + 0.2 * r * cos, y + 0.2 * r * sin, r * 0.25, skin);
    else if (tool !== "fist" && tool !== "cup")
      painter.capsule(gripX + 0.4 * length * cos, gripY + 0.4 * length * sin, x + thick * cos, y + thick * sin, thick, handle);
    if (tool === "hammer") painter.box(x + blade * 0.5 * cos, y + blade * 0.5 * sin, blade * 0.5, blade * 1.1, angle, head);
    else if (tool === "axe")
      painter.box(x + blade * 0.6 * cos, y + blade * 0.6 * sin, blade * 0.6, blade * 0.8, angle + 0.2, head);
    else if (tool === "knife")
      painter.box(x + 0.35 * length * cos, y + 0.35 * length * sin, length * 0.35, thick * 1.8, angle, head);
    else if (tool === "spoon")
      painter.ellipse(x + blade * 0.5 * cos, y + blade * 0.5 * sin, blade * 0.6, blade * 0.4, angle, head);
    else if (tool === "pestle") painter.ellipse(x + blade * cos, y + blade * sin, blade, blade * 0.7, angle, head);
    else if (tool === "mop")
      for (let i = -2; i < 3; i++)
        painter.capsule(
          x + blade * cos,
          y + blade * sin,
          x - i * 0.3 * blade * sin,
          y + i * 0.3 * blade * cos,
          blade * 0.2,
          head,
        );
    else if (tool === "cup") painter.box(x + r * 0.7 * cos, y + r * 0.7 * sin, r * 0.7, r * 0.6, direction, handle);
    if (hidden) return;
    painter.ellipse(gripX, gripY, r, r * 0.8, angle, skin);
    for (let i = 0; i < fingers; i++) {
      const along = (i / fingers - 0.4) * 1.5 * r;
      painter.capsule(
        gripX + along * cos - 0.7 * r * sin,
        gripY + along * sin + 0.7 * r * cos,
        gripX + along * cos + 0.3 * r * sin,
        gripY + along * sin - 0.3 * r * cos,
        r * 0.22,
        skin,
      );
    }
  };
}
