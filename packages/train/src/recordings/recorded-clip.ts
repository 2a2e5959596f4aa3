/** Clips of nothing but recordings: several hits of a thing at random times, or a crop of what lasts. */
import type { Random } from "@foley-control/core";
import type { ClipSound, SoundEvent } from "../clip-sound.js";
import { addTake, finish, inOrder } from "./mix.js";
import type { Recording } from "./recording.js";
import { recordingCaptions } from "./words.js";

/** Share of hits for which another take of the same thing is picked. */
const SIBLING = 0.6;
/** Least time between two hits, seconds: the eye and the ear tell eight a second apart. */
const CLOSEST = 0.125;
/** Most that a hit is louder than another as it gets stronger, like the contacts of scenes. */
const LOUDNESS_POWER = 1.2;

/** Makes the clip of one recording, with takes of the same label among `all`. */
export function recordedClip(
  recording: Recording,
  all: readonly Recording[],
  { seconds, sampleRate }: { readonly seconds: number; readonly sampleRate: number },
  random: Random,
): ClipSound {
  const out = new Float32Array(Math.round(seconds * sampleRate));
  const captions = recordingCaptions(recording);
  if (recording.long) {
    crop(out, recording.audio, random, sampleRate);
    finish(out, random.fork("floor"));
    return { audio: out, captions, events: [], level: course(out, sampleRate) };
  }
  const same = all.filter((other) => !other.long && other.cls === recording.cls && other.label === recording.label);
  const level = 10 ** (random.range(-16, -1) / 20);
  const events: SoundEvent[] = [];
  for (const time of hitTimes(recording.audio.length / sampleRate, seconds, random.fork("times"))) {
    const take = random.chance(SIBLING) ? random.pick(same) : recording;
    const strength = random.range(0.3, 1);
    const gain = level * strength ** LOUDNESS_POWER;
    events.push(...addTake(out, take, { time, strength, gain, sampleRate }, random));
  }
  finish(out, random.fork("floor"));
  return { audio: out, captions, events: inOrder(events) };
}

/** Values of a course per second. */
const COURSE_RATE = 16;

/** How loud a sound is over time, 1 where it is loudest: what a picture of what lasts would be as lively as. */
function course(audio: Float32Array, sampleRate: number): NonNullable<ClipSound["level"]> {
  const size = sampleRate / COURSE_RATE;
  const values = Float32Array.from({ length: Math.ceil(audio.length / size) }, (_, i) => {
    const part = audio.subarray(Math.round(i * size), Math.round((i + 1) * size));
    return Math.sqrt(part.reduce((sum, x) => sum + x * x, 0) / part.length);
  });
  const loudest = values.reduce((most, value) => Math.max(most, value), 1e-9);
  return { rate: COURSE_RATE, values: values.map((value) => value / loudest) };
}

/** Once, in a rhythm, or as it comes; long sounds less often than short ones. */
function hitTimes(length: number, seconds: number, random: Random): readonly number[] {
  const first = random.chance(0.25) ? random.range(0.3, 0.6) * seconds : random.range(0.02, 0.2) * seconds;
  if (random.chance(0.2)) return [first];
  const shortest = Math.max(CLOSEST, Math.min(0.6, length / 3));
  const gap = shortest * 2 ** random.range(0, 3);
  const spread = random.chance(0.5) ? 0.08 : 0.7;
  const times: number[] = [];
  for (let time = first; time < seconds - 0.03 && times.length < 30; ) {
    times.push(time);
    time += Math.max(CLOSEST, gap * (1 + spread * random.normal()));
  }
  return times;
}

/** Longest time in which what is repeated goes over into itself, seconds. */
const REPEAT_FADE = 0.5;

/** A random stretch of what lasts; what is shorter than the clip goes on from its beginning. */
function crop(out: Float32Array, recorded: Float32Array, random: Random, sampleRate: number): void {
  const gain = 10 ** (random.range(-14, -1) / 20);
  const audio = recorded.length < out.length ? repeated(recorded, out.length, Math.round(REPEAT_FADE * sampleRate)) : recorded;
  const from = random.integer(0, audio.length - out.length + 1);
  let peak = 1e-6;
  for (let i = 0; i < out.length; i++) peak = Math.max(peak, Math.abs(audio[from + i] as number));
  // Where a crop is far quieter than the whole it stays quieter, but can be heard.
  const scale = gain / Math.max(peak, 0.25);
  for (let i = 0; i < out.length; i++) out[i] = scale * (audio[from + i] as number);
}

/** At least `length` samples of a sound that begins again before it ends, with equal power in between. */
function repeated(audio: Float32Array, length: number, longestFade: number): Float32Array {
  const fade = Math.min(longestFade, audio.length >> 2);
  const period = audio.length - fade;
  const times = Math.ceil(length / period) + 1;
  const out = new Float32Array(times * period + fade);
  for (let time = 0; time < times; time++) {
    for (let i = 0; i < audio.length; i++) {
      const [begun, left] = [time === 0 ? 1 : Math.min(1, i / fade), Math.min(1, (audio.length - i) / fade)];
      (out[time * period + i] as number) +=
        (audio[i] as number) * Math.sin((Math.PI / 2) * begun) * Math.sin((Math.PI / 2) * left);
    }
  }
  return out;
}
