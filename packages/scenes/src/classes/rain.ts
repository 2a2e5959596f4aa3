/** Rain: drops fall at a rate λ(t) that comes and goes; Poisson grains on the surface over a soft bed of noise. */
import { addBubble, drawBubbleRadius } from "../liquid.js";
import { createPaint } from "../looks.js";
import { createModalBank } from "../modal.js";
import { NOISE_MASK, pinkNoise, whiteNoise } from "../noise.js";
import { solid } from "../painter.js";
import type { Contact, PlanContext, ScenePlan, SoundContext } from "../plan.js";
import type { Material } from "../types.js";
import { acousticsOf, curveThrough, drawSolid } from "./shared.js";

/** Plan a rain scene. */
export function planRain({ random, seconds }: PlanContext): ScenePlan {
  const material: Material = random.chance(0.35) ? "water" : drawSolid(random);
  const knots = Array.from({ length: 6 }, () => random.range(0.12, 1));
  if (random.chance(0.35)) knots[0] = 0;
  if (random.chance(0.2)) knots[5] = 0;
  const envelope = curveThrough(knots, seconds);
  const level = random.range(0.7, 0.86);
  const contacts: Contact[] = knots.flatMap((value, i) =>
    i < 5 && value > (knots[i - 1] ?? 0) && value > (knots[i + 1] as number)
      ? [{ time: (i * seconds) / 5, kind: "peak" as const, velocity: Math.max(0.05, value), x: 0.5, y: level }]
      : [],
  );
  const thing = random.pick(["roof", "roof", "window", "umbrella", "lid"]);
  return {
    material,
    words:
      material === "water"
        ? { object: random.pick(["lake", "puddle", "pool"]), plural: "pools", place: "", variant: "water" }
        : { object: thing, plural: `${thing}s`, place: "" },
    contacts,
    envelope,
    gain: 0.2,
    exposures: 2,
    ground: null,
    picture: ({ random: look, detail }) => {
      const surface = createPaint(material, look, { detail: 2 * detail, surface: true });
      const streak = solid(look.range(180, 240), look.range(190, 245), 250, look.range(0.45, 0.8));
      const slant = look.range(-0.12, 0.12);
      const streaks = Array.from({ length: 36 }, () => ({
        x: look.range(-0.1, 1.1),
        phase: look.uniform(),
        speed: look.range(1.6, 2.6),
        at: look.range(level, 1),
        need: look.uniform(),
      }));
      return {
        still: (painter) => painter.box(0.5, level + 0.5, 1, 0.5, 0, surface),
        moving: (painter, time) => {
          const amount = envelope(time);
          for (const { x, phase, speed, at, need } of streaks) {
            if (need > amount) continue;
            const cycle = phase + time * speed;
            const part = cycle - Math.floor(cycle);
            const y = part * 1.25 - 0.1;
            if (y < at) painter.capsule(x + slant * y, y, x + slant * (y + 0.07), y + 0.07, 0.008, streak);
            else painter.ring(x + slant * at, at, 0.012 + 0.2 * (y - at), 0.005 + 0.06 * (y - at), 0.007, streak);
          }
        },
      };
    },
    sound: (context) => soundRain(context, envelope),
  };
}

function soundRain(context: SoundContext, envelope: (time: number) => number): void {
  const { out, sampleRate, random, seconds } = context;
  const water = context.material === "water";
  const material = acousticsOf(context.material);
  const bank = createModalBank(material, random.range(0.3, 0.9), random, { sampleRate });
  const density = random.range(150, 320);
  const gain = context.gain * 0.45;
  const noise = whiteNoise();
  const offset = random.integer(0, NOISE_MASK - 4096);
  const brightness = material.clickBrightness;
  let index = 0;
  // Thinning: candidates at the highest rate, kept with the momentary probability.
  for (let time = 0; time < seconds; time += -Math.log(1 - random.uniform()) / density) {
    const keep = random.uniform();
    const strength = random.uniform() ** 2;
    if (keep > envelope(time)) continue;
    const amplitude = gain * (0.12 + 0.7 * strength) * (water ? 0.7 : 1.3 * material.level);
    index++;
    if (water) {
      addBubble(out, sampleRate, time, drawBubbleRadius(random, 0.0007, 0.003), amplitude, random);
      continue;
    }
    const mode = index % bank.frequencies.length;
    const frequency = (bank.frequencies[mode] as number) * (0.94 + 0.12 * keep);
    const damping = (bank.dampings[mode] as number) + 60;
    addGrain(out, sampleRate, Math.round(time * sampleRate), frequency, damping, amplitude * (mode === 0 ? 1 : 0.7));
  }
  const pink = pinkNoise();
  const bed = gain * (water ? 0.25 : 0.1 + 0.15 * brightness);
  const follow = water ? 0.5 : 0.08 + 0.6 * brightness;
  let slow = 0;
  for (let start = 0; start < out.length; start += 64) {
    const level = bed * envelope((start + 32) / sampleRate);
    const end = Math.min(out.length, start + 64);
    for (let i = start; i < end; i++) {
      const value = 0.5 * (noise[(offset + i) & NOISE_MASK] as number) + 0.5 * (pink[(offset + i) & NOISE_MASK] as number);
      slow += follow * (value - slow);
      out[i] = (out[i] as number) + level * slow;
    }
  }
}

function addGrain(
  out: Float32Array,
  sampleRate: number,
  start: number,
  frequency: number,
  damping: number,
  amplitude: number,
): void {
  const w = (2 * Math.PI * frequency) / sampleRate;
  const decay = Math.exp(-damping / sampleRate);
  const c1 = 2 * decay * Math.cos(w);
  const c2 = decay * decay;
  const end = Math.min(out.length, start + Math.ceil((5 / damping) * sampleRate));
  let y1 = 0;
  let y2 = -(amplitude * Math.sin(w)) / c2;
  for (let i = Math.max(0, start); i < end; i++) {
    const y = c1 * y1 - c2 * y2;
    y2 = y1;
    y1 = y;
    out[i] = (out[i] as number) + y;
  }
}
