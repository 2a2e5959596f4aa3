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
  const offset = random.integer(0, NOISE_MASK);
  const mask = NOISE_MASK;
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
  const [dA, dB, dC] = delays as [number, number, number];
  const feedback = (delay: number) => 10 ** ((-3 * delay) / (room.reverberationTime * sampleRate));
  const gA = feedback(dA);
  const gB = feedback(dB);
  const gC = feedback(dC);
  const bufferA = new Float32Array(dA);
  const bufferB = new Float32Array(dB);
  const bufferC = new Float32Array(dC);
  let iA = 0;
  let iB = 0;
  let iC = 0;
  let lA = 0;
  let lB = 0;
  let lC = 0;
  const wet = room.wet;
  for (let i = 0; i < audio.length; i++) {
    const dry = audio[i] as number;
    const a = bufferA[iA] as number;
    const b = bufferB[iB] as number;
    const c = bufferC[iC] as number;
    lA = 0.65 * a + 0.35 * lA;
    lB = 0.65 * b + 0.35 * lB;
    lC = 0.65 * c + 0.35 * lC;
    bufferA[iA] = dry + gA * lA;
    bufferB[iB] = dry + gB * lB;
    bufferC[iC] = dry + gC * lC;
    if (++iA === dA) iA = 0;
    if (++iB === dB) iB = 0;
    if (++iC === dC) iC = 0;
    audio[i] = dry + wet * (a - b + c);
  }
}
