/**
 * Modal synthesis: an object is a bank of second-order resonators, a contact is a raised-cosine force whose length
 * follows Hertz (τ = τ₀ v^-0.2). K. van den Doel, P. Kry, D. Pai, "FoleyAutomatic", SIGGRAPH 2001.
 */
import type { Random } from "@foley-control/core";
import type { AcousticMaterial } from "./materials.js";
import { NOISE_MASK, whiteNoise } from "./noise.js";

/** One sounding object. */
export interface ModalBank {
  /** Hz per mode. */
  readonly frequencies: readonly number[];
  /** 1/s per mode. */
  readonly dampings: readonly number[];
  /** Amplitude per mode; the peak of a hit at velocity 1 is about 1. */
  readonly weights: readonly number[];
  readonly material: AcousticMaterial;
}

/** One contact with a bank. */
export interface Hit {
  /** Seconds. */
  readonly time: number;
  /** Relative strength in (0, 1]. */
  readonly velocity: number;
}

/** Low-pass effect of a raised-cosine force of the given length, relative to an impulse of the same area. */
function forceResponse(frequency: number, length: number): number {
  const x = frequency * length;
  if (x < 1e-6) return 1;
  if (Math.abs(x - 1) < 1e-4) return 0.5;
  return Math.abs(Math.sin(Math.PI * x) / (Math.PI * x * (1 - x * x)));
}

/**
 * Draw an object.
 * @param size - 0 smallest (highest pitch) to 1 largest.
 * @param options - `supported` adds damping in 1/s, `sampleRate` drops modes above 0.46 of it.
 */
export function createModalBank(
  material: AcousticMaterial,
  size: number,
  random: Random,
  options: { sampleRate: number; supported?: number },
): ModalBank {
  const [large, small] = material.lowest;
  const lowest = small * (large / small) ** size * Math.exp(0.05 * random.normal());
  const damping = random.range(material.extraDamping[0], material.extraDamping[1]) + (options.supported ?? 0);
  const frequencies: number[] = [];
  const dampings: number[] = [];
  const weights: number[] = [];
  let total = 0;
  for (const ratio of random.pick(material.families)) {
    const frequency = lowest * ratio * Math.exp(0.02 * random.normal());
    const jitter = Math.exp(0.3 * random.normal());
    const extra = random.range(0.8, 1.25);
    if (frequency > 0.46 * options.sampleRate) continue;
    frequencies.push(frequency);
    dampings.push((Math.PI * frequency * material.lossTangent + damping) * extra);
    const weight = jitter * ratio ** -material.tilt;
    weights.push(weight);
    total += weight * (0.1 + 0.9 * forceResponse(frequency, material.contactTime));
  }
  const scale = 2.1 / Math.max(total, 1e-9);
  return { frequencies, dampings, weights: weights.map((weight) => weight * scale), material };
}

/** Add the sound of a bank hit at the given times (ascending). Onsets are exact: the force starts at `round(time × rate)`. */
export function renderHits(
  out: Float32Array,
  sampleRate: number,
  bank: ModalBank,
  hits: readonly Hit[],
  gain: number,
  random: Random,
): void {
  const length = out.length;
  const place = random.range(0.15, 0.45);
  const prepared = hits
    .map(({ time, velocity }) => {
      const start = Math.round(time * sampleRate);
      const amplitude = gain * velocity ** 1.2;
      const samples = Math.max(2, Math.round(bank.material.contactTime * velocity ** -0.2 * sampleRate));
      const position = place + 0.03 * random.normal();
      const noiseOffset = random.integer(0, NOISE_MASK);
      return { start, amplitude, samples, position, noiseOffset };
    })
    .filter((hit) => hit.start >= 0 && hit.start < length);
  for (let mode = 0; mode < bank.frequencies.length; mode++) {
    const w = (2 * Math.PI * (bank.frequencies[mode] as number)) / sampleRate;
    const decay = Math.exp(-(bank.dampings[mode] as number) / sampleRate);
    const c1 = 2 * decay * Math.cos(w);
    const c2 = decay * decay;
    const audible = Math.ceil((7.5 / (bank.dampings[mode] as number)) * sampleRate);
    let y1 = 0;
    let y2 = 0;
    for (let h = 0; h < prepared.length; h++) {
      const hit = prepared[h] as (typeof prepared)[number];
      const next = h + 1 < prepared.length ? (prepared[h + 1] as (typeof prepared)[number]).start : length;
      const jitter = Math.exp(0.12 * random.normal());
      const shape = 0.3 + 0.7 * Math.abs(Math.sin((mode + 1) * Math.PI * hit.position));
      const force = ((bank.weights[mode] as number) * hit.amplitude * shape * jitter * Math.sin(w)) / hit.samples;
      let i = hit.start;
      const pulseEnd = Math.min(next, i + hit.samples);
      const step = (2 * Math.PI) / hit.samples;
      for (let phase = 0.5 * step; i < pulseEnd; i++, phase += step) {
        const y = c1 * y1 - c2 * y2 + force * (1 - Math.cos(phase));
        y2 = y1;
        y1 = y;
        out[i] = (out[i] as number) + y;
      }
      const end = Math.min(next, i + audible);
      for (; i < end; i++) {
        const y = c1 * y1 - c2 * y2;
        y2 = y1;
        y1 = y;
        out[i] = (out[i] as number) + y;
      }
      if (end < next) {
        y1 = 0;
        y2 = 0;
      }
    }
  }
  if (bank.material.click <= 0) return;
  for (const hit of prepared) {
    const brightness = bank.material.clickBrightness;
    addClick(
      out,
      hit.start,
      hit.amplitude * bank.material.click,
      0.0008 + 0.0012 * (1 - brightness),
      brightness,
      sampleRate,
      hit.noiseOffset,
    );
  }
}

/** Add a burst of noise that decays with the given time constant in seconds; brightness 0 is dull, 1 is differentiated. */
export function addClick(
  out: Float32Array,
  start: number,
  amplitude: number,
  timeConstant: number,
  brightness: number,
  sampleRate: number,
  noiseOffset: number,
): void {
  const noise = whiteNoise();
  const decay = Math.exp(-1 / (timeConstant * sampleRate));
  const end = Math.min(out.length, start + Math.ceil(6 * timeConstant * sampleRate));
  let level = amplitude;
  let smooth = 0;
  const follow = 0.1 + 0.4 * brightness;
  for (let i = Math.max(0, start); i < end; i++) {
    const w = noise[(noiseOffset + i - start) & NOISE_MASK] as number;
    smooth += follow * (w - smooth);
    out[i] = (out[i] as number) + level * (smooth + brightness * 0.5 * (w - smooth));
    level *= decay;
  }
}

/** Drive six modes of a bank with a continuous force (scraping, rolling). */
export function renderDriven(out: Float32Array, sampleRate: number, bank: ModalBank, force: Float32Array): void {
  bank.frequencies.slice(0, 6).forEach((frequency, mode) => {
    // A driven object is held down: its resonances are broader than when it rings freely.
    const damping = (bank.dampings[mode] as number) + 25;
    addResonance(out, sampleRate, force, {
      frequency,
      damping,
      weight: bank.weights[mode] as number,
      scale: Math.sqrt(damping / sampleRate),
    });
  });
}

/** Add what one resonance makes of a continuous force. */
export function addResonance(
  out: Float32Array,
  sampleRate: number,
  force: Float32Array,
  { frequency, damping, weight, scale = 1 }: { frequency: number; damping: number; weight: number; scale?: number },
): void {
  const w = (2 * Math.PI * frequency) / sampleRate;
  const decay = Math.exp(-damping / sampleRate);
  const c1 = 2 * decay * Math.cos(w);
  const c2 = decay * decay;
  const input = weight * Math.sin(w) * scale;
  let y1 = 0;
  let y2 = 0;
  for (let i = 0; i < out.length; i++) {
    const y = c1 * y1 - c2 * y2 + input * (force[i] as number);
    y2 = y1;
    y1 = y;
    out[i] = (out[i] as number) + y;
  }
}

/**
 * Add `source` to `out`, scaled so that its root mean square is `level` where the envelope is 1: the loudness of a
 * lasting sound then follows from its envelope and level alone, whatever the resonances do.
 */
export function addLevelled(
  out: Float32Array,
  source: Float32Array,
  sampleRate: number,
  envelope: (time: number) => number,
  level: number,
): void {
  let energy = 0;
  let expected = 1e-12;
  for (let i = 0; i < source.length; i++) energy += (source[i] as number) * (source[i] as number);
  for (let i = 0; i < source.length; i += 64) expected += 64 * envelope(i / sampleRate) ** 2.4;
  const scale = energy > 0 ? level * Math.sqrt(expected / energy) : 0;
  for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + scale * (source[i] as number);
}
