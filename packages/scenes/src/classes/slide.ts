/** Scrape and roll: contact noise whose brightness and strength follow the visible speed drives the modal bank. */
import { createPaint } from "../looks.js";
import { addLevelled, createModalBank, renderDriven } from "../modal.js";
import { NOISE_MASK, whiteNoise } from "../noise.js";
import type { Contact, PlanContext, ScenePlan, SoundContext } from "../plan.js";
import { acousticsOf, drawSolid, pluralOf, sizeWord } from "./shared.js";

interface Stroke {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

function strokePlace(strokes: readonly Stroke[], time: number): number {
  let place = strokes[0]?.from ?? 0.5;
  for (const stroke of strokes) {
    if (time < stroke.start) break;
    const part = Math.min(1, (time - stroke.start) / (stroke.end - stroke.start));
    // Half a cosine: speed rises and falls smoothly.
    place = stroke.from + (stroke.to - stroke.from) * 0.5 * (1 - Math.cos(Math.PI * part));
  }
  return place;
}

function strokeSpeed(strokes: readonly Stroke[], time: number): number {
  for (const stroke of strokes) {
    if (time >= stroke.start && time < stroke.end) {
      const length = stroke.end - stroke.start;
      return (Math.abs(stroke.to - stroke.from) * Math.PI * 0.5 * Math.sin((Math.PI * (time - stroke.start)) / length)) / length;
    }
  }
  return 0;
}

/** Most strokes in a second on average: a thing rests at the end. */
const MOST_STROKES_A_SECOND = 1.5;

function planSlide({ random, seconds }: PlanContext, rolling: boolean): ScenePlan {
  const material = drawSolid(random);
  const ground = random.range(0.74, 0.9);
  const radius = rolling ? random.range(0.1, 0.17) : random.range(0.08, 0.14);
  const half = rolling ? radius : radius * random.range(1, 1.6);
  const low = half + 0.04;
  const high = 1 - low;
  const strokes: Stroke[] = [];
  let place = random.chance(0.5) ? random.range(low, 0.4) : random.range(0.6, high);
  let time = random.range(0.03, 0.3) * seconds;
  while (time < seconds - 0.3 && strokes.length < MOST_STROKES_A_SECOND * seconds) {
    const length = rolling ? random.range(0.8, 1.8) : random.range(0.35, 1.2);
    const to = place < 0.5 ? random.range(Math.max(0.55, place + 0.2), high) : random.range(low, Math.min(0.45, place - 0.2));
    strokes.push({ start: time, end: time + length, from: place, to });
    place = to;
    time += length + (random.chance(0.5) ? random.range(0.05, 0.2) : random.range(0.3, 0.8));
  }
  const fullSpeed = rolling ? 1.2 : 1.6;
  const contacts: Contact[] = strokes.map((stroke) => ({
    time: stroke.start,
    kind: "stroke",
    velocity: Math.max(0.05, Math.min(1, strokeSpeed(strokes, (stroke.start + stroke.end) / 2) / fullSpeed)),
    x: stroke.from,
    y: ground,
  }));
  const envelope = (at: number) => Math.min(1, strokeSpeed(strokes, at) / fullSpeed);
  const size = Math.max(0, Math.min(1, (radius - 0.08) / 0.08));
  const object = rolling ? random.pick(["ball", "ball", "barrel", "wheel"]) : random.pick(["block", "box", "crate", "brick"]);
  return {
    material,
    words: {
      object,
      plural: pluralOf(object),
      place: random.pick(["on a table", "on the floor", "on the ground", "on a rough surface"]),
      size: sizeWord(size, random),
    },
    contacts,
    envelope,
    gain: 0.3,
    exposures: 2,
    ground,
    picture: ({ random: look, detail }) => {
      const paint = createPaint(material, look, { detail });
      return {
        moving: (painter, at) => {
          const x = strokePlace(strokes, at);
          if (rolling) painter.ellipse(x, ground - radius, radius, radius, x / radius, paint);
          else painter.box(x, ground - radius, half, radius, 0, paint);
        },
      };
    },
    sound: (context) => soundSlide(context, envelope, size, rolling),
  };
}

function soundSlide(context: SoundContext, envelope: (time: number) => number, size: number, rolling: boolean): void {
  const { out, sampleRate, random } = context;
  const material = acousticsOf(context.material);
  const noise = whiteNoise();
  const offset = random.integer(0, NOISE_MASK);
  const bumpOffset = random.integer(0, NOISE_MASK);
  const force = new Float32Array(out.length);
  const block = 64;
  const roughness = random.range(0.6, 1.4);
  let slow = 0;
  let bump = 0;
  let bumpPhase = 0;
  for (let start = 0; start < out.length; start += block) {
    const speed = envelope((start + block / 2) / sampleRate);
    const end = Math.min(out.length, start + block);
    if (speed <= 0) continue;
    // Band edge grows with speed: the surface profile is read faster.
    const edge = (rolling ? 250 + 1400 * speed : 900 + 7000 * speed) * roughness * (0.5 + material.clickBrightness);
    const follow = 1 - Math.exp((-2 * Math.PI * edge) / sampleRate);
    const level = speed ** 1.2;
    const bumpRate = (rolling ? 25 : 60) * speed * roughness;
    for (let i = start; i < end; i++) {
      slow += follow * ((noise[(offset + i) & NOISE_MASK] as number) - slow);
      bumpPhase += bumpRate / sampleRate;
      if (bumpPhase >= 1) {
        bumpPhase -= 1;
        bump = Math.abs(noise[(bumpOffset + i) & NOISE_MASK] as number) * (rolling ? 2.2 : 1.4);
      }
      bump *= 0.99;
      force[i] = level * slow * (1 + bump);
    }
  }
  const wet = new Float32Array(out.length);
  const bank = createModalBank(material, size, random, { sampleRate });
  renderDriven(wet, sampleRate, bank, force);
  const direct = (rolling ? 0.03 : 0.06) * (0.3 + material.clickBrightness);
  for (let i = 0; i < wet.length; i++) wet[i] = (wet[i] as number) + direct * (force[i] as number);
  addLevelled(out, wet, sampleRate, envelope, context.gain * material.level * (rolling ? 0.22 : 0.3));
}

/** Plan a block that slides to and fro. */
export function planScrape(context: PlanContext): ScenePlan {
  return planSlide(context, false);
}

/** Plan a thing that rolls to and fro. */
export function planRoll(context: PlanContext): ScenePlan {
  return planSlide(context, true);
}
