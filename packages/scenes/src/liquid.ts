/** Drops into water: a bubble is one damped sinusoid (K. van den Doel, "Physically based models for liquid sounds", 2005). */
import type { Random } from "@foley-control/core";

/** Add one bubble. @param radius - metres, 0.0005 to 0.008. */
export function addBubble(
  out: Float32Array,
  sampleRate: number,
  time: number,
  radius: number,
  amplitude: number,
  random: Random,
): void {
  const start = Math.round(time * sampleRate);
  const damping = 0.13 / radius + 0.0072 * radius ** -1.5;
  const rise = random.range(0, 0.1);
  const frequency = 3 / radius;
  const samples = Math.ceil((6 / damping) * sampleRate);
  const decay = Math.exp(-damping / sampleRate);
  const end = Math.min(out.length, start + samples);
  let level = amplitude;
  let phase = 0;
  for (let i = Math.max(0, start); i < end; i++) {
    out[i] = (out[i] as number) + level * Math.sin(phase);
    phase += ((2 * Math.PI * frequency) / sampleRate) * (1 + (rise * damping * (i - start)) / sampleRate);
    level *= decay;
  }
}

/** Radius drawn from r^-1.5 between the bounds, metres. */
export function drawBubbleRadius(random: Random, smallest: number, largest: number): number {
  const a = smallest ** -0.5;
  const b = largest ** -0.5;
  return (a + (b - a) * random.uniform()) ** -2;
}
