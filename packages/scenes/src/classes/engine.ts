/** Engine: a wheel turns and the body shakes; exhaust pulses at rpm × cylinders / 2 excite three formants. */
import { createPaint } from "../looks.js";
import { addLevelled, addResonance } from "../modal.js";
import { NOISE_MASK, whiteNoise } from "../noise.js";
import { solid } from "../painter.js";
import type { Contact, PlanContext, ScenePlan, SoundContext } from "../plan.js";
import { curveThrough, smoothStep } from "./shared.js";

/** Plan an engine scene. */
export function planEngine({ random, seconds }: PlanContext): ScenePlan {
  const throttle = curveThrough(
    Array.from({ length: 6 }, () => random.range(0.2, 1)),
    seconds,
  );
  const starts = random.chance(0.45) ? random.range(0.2, 0.45) * seconds : -1;
  const stops = random.chance(0.25) ? random.range(0.65, 0.9) * seconds : seconds + 1;
  const running = (time: number) => smoothStep((time - starts) / 0.35) * (1 - smoothStep((time - stops) / 0.6));
  const revs = (time: number) => running(time) * throttle(time);
  const envelope = (time: number) => {
    const r = revs(time);
    return r <= 0 ? 0 : Math.min(1, 0.35 * running(time) + 0.65 * r);
  };
  const x = random.range(0.4, 0.6);
  const ground = random.range(0.78, 0.9);
  const contacts: Contact[] = [];
  if (starts > 0) contacts.push({ time: starts, kind: "start", velocity: 0.5, x, y: ground - 0.2 });
  if (stops < seconds) contacts.push({ time: stops, kind: "stop", velocity: 0.5, x, y: ground - 0.2 });
  const firing = random.range(28, 60);
  const word = random.pick(["engine", "motor", "machine"]);
  return {
    material: "metal",
    exchangeable: false,
    words: { object: word, plural: `${word}s`, place: "" },
    contacts,
    envelope,
    gain: 0.3,
    exposures: 3,
    ground,
    picture: ({ random: look, detail }) => {
      const body = createPaint(look.pick(["metal", "plastic"] as const), look, { detail });
      const wheel = createPaint("metal", look, { detail });
      const spoke = solid(look.range(10, 60), look.range(10, 60), look.range(10, 60));
      const radius = look.range(0.13, 0.19);
      const shake = look.range(0.006, 0.014);
      // Turns are summed on a fine grid: the visible speed follows the revolutions, below aliasing at 16 frames a second.
      const grid = new Float32Array(Math.ceil(seconds * 200) + 2);
      for (let i = 1; i < grid.length; i++) grid[i] = (grid[i - 1] as number) + (revs(i / 200) * 2.2 * 2 * Math.PI) / 200;
      return {
        moving: (painter, time) => {
          const place = Math.max(0, Math.min(grid.length - 2, time * 200));
          const i = Math.floor(place);
          const angle = (grid[i] as number) + ((grid[i + 1] as number) - (grid[i] as number)) * (place - i);
          const strength = envelope(time);
          const y = ground - 0.2 + shake * strength * Math.sin(time * 61);
          const cx = x + 0.6 * shake * strength * Math.sin(time * 47);
          painter.box(cx, y, 0.3, 0.17, 0, body);
          painter.box(cx - 0.2, y - 0.22, 0.035, 0.06, 0, spoke);
          painter.ellipse(cx + 0.05, y, radius, radius, angle, wheel);
          for (let arm = 0; arm < 3; arm++) {
            const at = angle + (arm * 2 * Math.PI) / 3;
            const [dx, dy] = [radius * 0.85 * Math.cos(at), radius * 0.85 * Math.sin(at)];
            painter.capsule(cx + 0.05, y, cx + 0.05 + dx, y + dy, 0.018, spoke);
          }
          if (strength > 0.05) {
            const puff = (time * 3.1) % 1;
            const size = 0.03 + 0.05 * puff;
            const smoke = solid(200, 200, 200, 0.5 * (1 - puff) * strength);
            painter.ellipse(cx - 0.2, y - 0.28 - 0.25 * puff, size, size, 0, smoke);
          }
        },
      };
    },
    sound: (context) => soundEngine(context, revs, envelope, firing),
  };
}

function soundEngine(
  context: SoundContext,
  revs: (time: number) => number,
  envelope: (time: number) => number,
  firing: number,
): void {
  const { out, sampleRate, random } = context;
  const noise = whiteNoise();
  const offset = random.integer(0, NOISE_MASK);
  const force = new Float32Array(out.length);
  let phase = 0;
  let pulse = 0;
  let strength = 1;
  for (let start = 0; start < out.length; start += 64) {
    const time = (start + 32) / sampleRate;
    const level = envelope(time);
    const rate = (firing * (0.5 + 1.7 * revs(time))) / sampleRate;
    const end = Math.min(out.length, start + 64);
    if (level <= 0) continue;
    for (let i = start; i < end; i++) {
      phase += rate;
      const w = noise[(offset + i) & NOISE_MASK] as number;
      if (phase >= 1) {
        phase -= 1;
        strength = 1 + 0.12 * w;
        pulse = strength;
      }
      pulse *= 0.985;
      force[i] = level * (pulse * (1 + 0.25 * w) + 0.02 * w);
    }
  }
  const formants = [random.range(90, 170), random.range(260, 480), random.range(700, 1300)];
  const wet = new Float32Array(out.length);
  formants.forEach((frequency, i) => {
    const weight = [1, 0.8, 0.6][i] as number;
    addResonance(wet, sampleRate, force, { frequency, damping: Math.PI * frequency * 0.22, weight });
  });
  addLevelled(out, wet, sampleRate, envelope, context.gain * 0.16);
}
