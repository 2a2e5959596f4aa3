/** What is around the sound: a light reverberant tail, a low noise floor and the peak guard. */
import type { Random } from "@foley-control/core";
import { NOISE_MASK, pinkNoise } from "./noise.js";

/** Largest magnitude a clip may have. */
export const PEAK_LIMIT = 0.95;

/** Loudness of the floor and of the tail of one clip. */
export interface Room {
  /** Seconds until the tail has fallen by 60 dB. */
  readonly reverberationTime: number;
  /** Linear gain of the tail. */
  readonly wet: number;
  /** Root mean square of the floor, linear. */
  readonly floor: number;
}

/** Draw a room: tail of 0.12–0.5 s at −32 to −20 dB, floor at −65 to −52 dB. */
export function drawRoom(random: Random): Room {
  return {
    reverberationTime: random.range(0.12, 0.5),
    wet: 10 ** (random.range(-32, -20) / 20),
    floor: 10 ** (random.range(-65, -52) / 20),
  };
}

/** Add tail and floor in place, then scale down if the peak is above {@link PEAK_LIMIT}. */
export function finishAudio(audio: Float32Array, sampleRate: number, room: Room, random: Random): void {
  addTail(audio, sampleRate, room, random);
  const noise = pinkNoise();
  // Of its own, because an import is looked up at every use where modules are run one by one, as in tests.
  const mask = NOISE_MASK;
  const offset = random.integer(0, mask);
  const floor = room.floor;
  let peak = 0;
  for (let i = 0; i < audio.length; i++) {
    const value = (audio[i] as number) + floor * (noise[(offset + i) & mask] as number);
    audio[i] = value;
    const magnitude = Math.abs(value);
    if (magnitude > peak) peak = magnitude;
  }
  if (peak <= PEAK_LIMIT) return;
  const scale = PEAK_LIMIT / peak;
  for (let i = 0; i < audio.length; i++) audio[i] = (audio[i] as number) * scale;
}

/** Three damped feedback combs in parallel (M. Schroeder, "Natural sounding artificial reverberation", 1962), 8–30 ms late. */
function addTail(audio: Float32Array, sampleRate: number, room: Room, random: Random): void {
  const delays = [0.0113, 0.0171, 0.0239].map((seconds) => Math.round(seconds * random.range(0.75, 1.25) * sampleRate));
  const tail = new Float64Array(audio.length);
  delays.forEach((delay, comb) => {
    const feedback = 10 ** ((-3 * delay) / (room.reverberationTime * sampleRate));
    const sign = comb === 1 ? -1 : 1;
    const buffer = new Float32Array(delay);
    let low = 0;
    for (let i = 0, at = 0; i < audio.length; i++) {
      const late = buffer[at] as number;
      low = 0.65 * late + 0.35 * low;
      buffer[at] = (audio[i] as number) + feedback * low;
      if (++at === delay) at = 0;
      tail[i] = (tail[i] as number) + sign * late;
    }
  });
  for (let i = 0; i < audio.length; i++) audio[i] = (audio[i] as number) + room.wet * (tail[i] as number);
}
