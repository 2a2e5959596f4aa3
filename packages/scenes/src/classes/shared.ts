/** What several classes share: sounding a set of bodies, drawing times, easing. */
import type { Random } from "@foley-control/core";
import { ACOUSTICS } from "../materials.js";
import { createModalBank, renderHits } from "../modal.js";
import type { Contact, SoundContext } from "../plan.js";
import { type Material, SOLID_MATERIALS, type SolidMaterial } from "../types.js";

/** A solid material; metal, glass and wood come a little more often. */
export function drawSolid(random: Random): SolidMaterial {
  return random.chance(0.25) ? random.pick(["metal", "glass", "wood"] as const) : random.pick(SOLID_MATERIALS);
}

/** Water stands for itself only in liquid classes; elsewhere it cannot be asked for. */
export function acousticsOf(material: Material) {
  return ACOUSTICS[material === "water" ? "rubber" : material];
}

/** Sound bodies of the heard material at their contacts, with a faint thump of what carries them. */
export function soundBodies(
  context: SoundContext,
  contacts: readonly Contact[],
  sizes: readonly number[],
  options: { gain: number; supported?: number; ground?: number },
): void {
  const { out, sampleRate, random } = context;
  const material = acousticsOf(context.material);
  const level = material.level * options.gain * context.gain;
  const support = createModalBank(ACOUSTICS[random.pick(["wood", "stone"] as const)], random.range(0.5, 1), random, {
    sampleRate,
    supported: 60,
  });
  for (let body = 0; body < sizes.length; body++) {
    const hits = contacts
      .filter((contact) => (contact.body ?? 0) === body)
      .map(({ time, velocity, gain = 1 }) => ({ time, velocity: velocity * gain ** (1 / 1.2) }));
    if (hits.length === 0) continue;
    const bank = createModalBank(material, sizes[body] as number, random, { sampleRate, supported: options.supported ?? 0 });
    renderHits(out, sampleRate, bank, hits, level, random);
    const thump = { ...support, material: { ...support.material, click: 0, contactTime: material.contactTime } };
    renderHits(out, sampleRate, thump, hits, level * (options.ground ?? 0.07), random);
  }
}

/** Times between `start` and `end` with gaps drawn from `[shortest, longest]`, at most twelve. */
export function drawTimes(random: Random, start: number, end: number, shortest: number, longest: number): number[] {
  const times: number[] = [];
  for (let time = start; time < end && times.length < 12; time += random.range(shortest, longest)) times.push(time);
  return times;
}

/** First event time: mostly soon, sometimes after a quiet stretch. */
export function drawStart(random: Random, seconds: number): number {
  return (random.chance(0.25) ? random.range(0.3, 0.5) : random.range(0.03, 0.25)) * seconds;
}

/** 0 before 0, 1 after 1, smooth between. */
export function smoothStep(x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  return x * x * (3 - 2 * x);
}

/** A curve over the clip through six values, a fifth of it apart. */
export function curveThrough(values: readonly number[], seconds: number): (time: number) => number {
  return (time) => {
    const place = Math.max(0, Math.min(4.9999, (time / seconds) * 5));
    const index = Math.floor(place);
    const from = values[index] as number;
    return from + ((values[index + 1] as number) - from) * smoothStep(place - index);
  };
}

/** More than one of a thing. */
export const pluralOf = (thing: string): string => (thing === "box" ? "boxes" : `${thing}s`);

/** Index of the last entry of ascending `times` that is ≤ `time`, or -1. */
export function lastBefore(times: readonly number[], time: number): number {
  let index = times.length - 1;
  while (index >= 0 && (times[index] as number) > time) index--;
  return index;
}

/** A word for the size 0 (small) to 1 (large), or nothing. */
export function sizeWord(size: number, random: Random): string {
  if (size < 0.25) return random.pick(["small", "little", ""]);
  if (size > 0.75) return random.pick(["large", "big", ""]);
  return "";
}
