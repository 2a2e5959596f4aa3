/** Footsteps: a figure walks on a floor; the floor's material is heard. A heel is a soft-ended hammer, a scuff follows. */

import { createPaint, drawColour } from "../looks.js";
import { ACOUSTICS } from "../materials.js";
import { createModalBank, renderHits } from "../modal.js";
import { NOISE_MASK, whiteNoise } from "../noise.js";
import { type Painter, solid } from "../painter.js";
import type { Contact, PlanContext, ScenePlan, SoundContext } from "../plan.js";
import { acousticsOf, drawSolid, drawStart, drawTimes, lastBefore, smoothStep } from "./shared.js";

/** Plan a walking scene. */
export function planFootsteps({ random, seconds }: PlanContext): ScenePlan {
  const material = drawSolid(random);
  const ground = random.range(0.78, 0.92);
  const tempo = random.range(0.33, 0.75);
  const start = drawStart(random, seconds);
  const stop = random.chance(0.25) ? random.range(0.5, 0.95) * seconds : seconds;
  const times = drawTimes(random, start, stop, tempo * 0.92, tempo * 1.08);
  const height = random.range(0.55, 0.95);
  const stride = Math.min(random.range(0.1, 0.24) * height, 0.62 / Math.max(4, times.length));
  const travel = stride * Math.max(1, times.length - 1);
  const firstX = 0.5 - travel / 2 + random.range(-0.06, 0.06);
  const lift = random.range(0.06, 0.13) * height;
  const strength = random.range(0.45, 1);
  const contacts: Contact[] = times.map((time, i) => ({
    time,
    kind: "step",
    velocity: Math.max(0.2, Math.min(1, strength * Math.exp(0.15 * random.normal()))),
    x: firstX + i * stride,
    y: ground,
    body: 0,
  }));
  /** Foot `side` lands at steps side, side + 2, …; before its first step it stands one stride back. */
  const foot = (side: number, time: number): { x: number; y: number } => {
    const landed = times.filter((_, i) => i % 2 === side);
    const step = (landing: number): number => firstX + (2 * landing + side) * stride;
    const last = lastBefore(landed, time);
    const fromX = last < 0 ? firstX + (side - 1.6) * stride : step(last);
    const nextTime = landed[last + 1];
    if (nextTime === undefined) return { x: fromX, y: ground };
    const swing = Math.min(tempo * 0.85, last < 0 ? tempo : (nextTime - (landed[last] as number)) * 0.6);
    const part = (time - (nextTime - swing)) / swing;
    if (part <= 0) return { x: fromX, y: ground };
    const toX = step(last + 1);
    return { x: fromX + (toX - fromX) * smoothStep(part * 1.05), y: ground - lift * 3.1 * part * (1 - part * part) * 0.85 };
  };
  return {
    material,
    words: {
      object: "floor",
      plural: "floors",
      place: random.pick(["floor", "floor", "ground", "walkway", "stairs"]),
      size: tempo < 0.42 ? "quick" : tempo > 0.66 ? "slow" : "",
    },
    contacts,
    gain: 0.5,
    exposures: 3,
    ground,
    picture: ({ random: look, detail }) => {
      const floor = createPaint(material, look, { detail: 2 * detail, surface: true });
      const clothes = solid(look.range(10, 240), look.range(10, 240), look.range(10, 240));
      const skin = solid(...drawColour(look.pick(["wood", "ceramic", "plastic"] as const), look));
      const near = solid(...drawColour("rubber", look));
      const far = solid(look.range(40, 120), look.range(40, 120), look.range(40, 140));
      const width = look.range(0.026, 0.042) * height;
      const shoe = look.range(0.05, 0.075) * height;
      return {
        still: (painter) => painter.box(0.5, ground + 0.5, 1, 0.5, 0, floor),
        moving: (painter, time) => {
          const left = foot(0, time);
          const right = foot(1, time);
          const hipX = (left.x + right.x) / 2;
          const hipY = ground - height * 0.47 + 0.25 * Math.abs(left.x - right.x) ** 1.5;
          drawLeg(painter, hipX, hipY, right, height, width, shoe, far, far);
          const swing = (left.x - right.x) * 0.9;
          painter.capsule(hipX, hipY - height * 0.32, hipX + swing * 0.7, hipY - height * 0.05, width * 0.75, far);
          painter.capsule(hipX, hipY - height * 0.02, hipX, hipY - height * 0.33, width * 1.9, clothes);
          painter.ellipse(hipX + 0.01, hipY - height * 0.46, height * 0.075, height * 0.085, 0, skin);
          drawLeg(painter, hipX, hipY, left, height, width, shoe, clothes, near);
          painter.capsule(hipX, hipY - height * 0.32, hipX - swing * 0.7, hipY - height * 0.05, width * 0.75, clothes);
        },
      };
    },
    sound: (context) => soundSteps(context, contacts),
  };
}

function drawLeg(
  painter: Painter,
  hipX: number,
  hipY: number,
  foot: { x: number; y: number },
  height: number,
  width: number,
  shoe: number,
  cloth: ReturnType<typeof solid>,
  leather: ReturnType<typeof solid>,
): void {
  const ankleY = foot.y - 0.03 * height;
  const half = height * 0.25;
  const dx = foot.x - hipX;
  const dy = ankleY - hipY;
  const reach = Math.min(2 * half * 0.999, Math.hypot(dx, dy));
  const bend = Math.sqrt(Math.max(0, half * half - (reach / 2) ** 2));
  const kneeX = hipX + dx / 2 + (bend * dy) / Math.max(1e-6, Math.hypot(dx, dy));
  const kneeY = hipY + dy / 2 - (bend * dx) / Math.max(1e-6, Math.hypot(dx, dy));
  painter.capsule(hipX, hipY, kneeX, kneeY, width * 1.15, cloth);
  painter.capsule(kneeX, kneeY, foot.x, ankleY, width, cloth);
  painter.box(foot.x + shoe * 0.45, foot.y - 0.022 * height, shoe, 0.024 * height, 0, leather);
}

/** Heels on a floor. */
export function soundSteps(context: SoundContext, contacts: readonly Contact[]): void {
  const { out, sampleRate, random } = context;
  const material = acousticsOf(context.material);
  const gain = 0.5 * context.gain;
  // A sole is softer than stone: contacts are longer, the floor is damped by the weight on it.
  const worn = { ...material, contactTime: material.contactTime * 1.25, click: material.click * 1.3 };
  const bank = createModalBank(worn, random.range(0.3, 0.9), random, { sampleRate, supported: 12 });
  renderHits(out, sampleRate, bank, contacts, gain * material.level, random);
  const body = createModalBank(ACOUSTICS.rubber, random.range(0.6, 1), random, { sampleRate, supported: 30 });
  renderHits(out, sampleRate, body, contacts, gain * 0.16, random);
  const noise = whiteNoise();
  for (const { time, velocity } of contacts) {
    const start = Math.round((time + random.range(0.05, 0.09)) * sampleRate);
    const length = Math.round(random.range(0.06, 0.12) * sampleRate);
    const offset = random.integer(0, NOISE_MASK);
    const level = 0.005 * gain * velocity;
    for (let i = Math.max(0, start); i < Math.min(out.length, start + length); i++) {
      const window = Math.sin((Math.PI * (i - start)) / length);
      out[i] = (out[i] as number) + level * window * window * (noise[(offset + i) & NOISE_MASK] as number);
    }
  }
}
