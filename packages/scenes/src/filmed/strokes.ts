/** The way of a tip that strikes: it waits, rises, falls, touches, presses or bounces; it also turns in the air, slows down before touching and hovers. */
import type { Random } from "@foley-control/core";
import { smoothStep } from "../classes/shared.js";
import type { Contact } from "../plan.js";

/** One stroke. */
export interface Stroke {
  /** Seconds: the contact, or the turn in the air of a feint. */
  readonly time: number;
  readonly x: number;
  readonly y: number;
  /** Height that it falls from. */
  readonly lift: number;
  /** Seconds from there to the contact. */
  readonly fall: number;
  /** 1 falls evenly, 2 ever faster; below 1 it lands softly. */
  readonly power: number;
  /** Height of the turn: 0 touches. */
  readonly stop: number;
  /** Seconds that the tip stays down. */
  readonly dwell: number;
  /** How far the tip slides while it is down. */
  readonly scrape: number;
  /** Height after the rebound. */
  readonly rebound: number;
  /** Seconds that the rebound takes. */
  readonly rise: number;
}

/** How strokes are drawn. */
export interface StrokeStyle {
  /** Places that are struck. */
  readonly places: readonly (readonly [number, number])[];
  /** Lowest and highest lift. */
  readonly lifts: readonly [number, number];
  /** Share of strokes that touch nothing. */
  readonly feints: number;
}

/** Times of strokes, also a little after the end. @param gaps - shortest and longest mean gap, seconds */
export function strokeTimes(random: Random, seconds: number, gaps: readonly [number, number]): number[] {
  const tempo = Math.exp(random.range(Math.log(gaps[0]), Math.log(gaps[1])));
  const even = random.chance(0.35) ? 0.06 : random.range(0.15, 0.5);
  const times: number[] = [];
  let time = (random.chance(0.3) ? random.range(0.2, 0.7) : random.range(-0.05, 0.25)) * seconds;
  while (time < seconds + 0.3 && times.length < 40) {
    times.push(time);
    time +=
      Math.max(gaps[0] * 0.8, tempo * Math.exp(even * random.normal())) + (random.chance(0.12) ? random.range(0.3, 1.5) : 0);
  }
  return times;
}

/** Strokes of one tip at ascending times. */
export function strokesAt(random: Random, times: readonly number[], { places, lifts, feints }: StrokeStyle): Stroke[] {
  const roam = random.chance(0.5) ? random.range(0, 0.08) : 0;
  const soft = random.chance(0.2) ? random.range(0.2, 0.8) : 0.08;
  const pressing = random.chance(0.3) ? random.range(0.2, 0.9) : 0.1;
  const bouncy = random.range(0.1, 1);
  return times.map((time, i) => {
    const gap = Math.min(2, time - (times[i - 1] ?? time - 2));
    const until = (times[i + 1] ?? time + 2) - time;
    const lift = Math.max(0.012, Math.min(random.range(...lifts), 0.06 + 0.55 * gap));
    const [x, y] = random.pick(places);
    const gentle = random.chance(soft);
    const fall = Math.min((gentle ? random.range(0.2, 0.7) : random.range(0.04, 0.2)) * (0.6 + lift), 0.5 * gap);
    const dwell = Math.min(0.4 * until, random.chance(pressing) ? random.range(0.05, 0.4) : random.range(0, 0.03));
    return {
      time,
      x: x + roam * random.normal(),
      y: y + 0.5 * roam * random.normal(),
      lift,
      fall,
      power: gentle ? random.range(0.55, 1) : random.range(1, 2.4),
      stop: random.chance(feints) ? lift * random.range(0.2, 0.7) + 0.01 : 0,
      dwell,
      scrape: dwell > 0.06 && random.chance(0.5) ? random.range(-0.1, 0.1) : 0,
      rebound: lift * bouncy * random.range(0.2, 1),
      rise: random.range(0.05, 0.3),
    };
  });
}

/** Contacts of strokes: those that touch. */
export const touches = (strokes: readonly Stroke[], body = 0): Contact[] =>
  strokes
    .filter(({ stop }) => stop === 0)
    .map(({ time, x, y, lift, fall, power }) => ({
      time,
      kind: "hit",
      velocity: Math.max(0.06, Math.min(1, (0.14 * power * lift) / fall + 0.05)),
      x,
      y,
      body,
    }));

/** Where a tip is: over a place, at a height. */
export interface Tip {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** A tip's way through its strokes. */
export function tipWay(random: Random, strokes: readonly Stroke[]): (time: number) => Tip {
  if (strokes.length === 0) return () => ({ x: 0.5, y: 0.5, height: 0.2 });
  const hover = random.chance(0.6) ? random.range(0, 0.05) : 0.005;
  const rates = [random.range(1, 9), random.range(1, 6), random.range(1, 6)];
  const phases = rates.map(() => random.range(0, 6.3));
  const wave = (i: number, time: number) => Math.sin((rates[i] as number) * time + (phases[i] as number));
  /** After a stroke and before the next: down, then up. */
  const after = (stroke: Stroke, time: number): Tip => {
    const since = time - stroke.time;
    const slid = stroke.scrape * smoothStep(since / Math.max(0.01, stroke.dwell));
    const part = Math.min(1, Math.max(0, since - stroke.dwell) / stroke.rise);
    return { x: stroke.x + slid, y: stroke.y, height: stroke.stop + stroke.rebound * (1 - (1 - part) ** 2) };
  };
  return (time) => {
    let index = 0;
    while (index < strokes.length && (strokes[index] as Stroke).time <= time) index++;
    const last = strokes[index - 1];
    const next = strokes[index];
    let tip: Tip = last
      ? after(last, time)
      : { x: (next as Stroke).x, y: (next as Stroke).y, height: (next as Stroke).lift * 0.6 };
    if (next) {
      const top = next.time - next.fall;
      if (time >= top) {
        const part = (time - top) / next.fall;
        const eased = next.stop > 0 ? smoothStep(part) : next.power < 1 ? 1 - (1 - part) ** (1 / next.power) : part ** next.power;
        return { x: next.x, y: next.y, height: next.lift + (next.stop - next.lift) * eased };
      }
      const from = last ? last.time + last.dwell : top - 0.6;
      const part = smoothStep((time - from) / Math.max(0.01, top - from));
      tip = {
        x: tip.x + (next.x - tip.x) * part,
        y: tip.y + (next.y - tip.y) * part,
        height: tip.height + (next.lift - tip.height) * part,
      };
    }
    // Hands are never still, but a contact is where it is.
    const near = Math.min(last ? (time - last.time - last.dwell) / 0.15 : 1, next ? (next.time - next.fall - time) / 0.1 : 1);
    const free = hover * smoothStep(near);
    return {
      x: tip.x + free * wave(1, time),
      y: tip.y + 0.4 * free * wave(2, time),
      height: tip.height + 0.6 * free * (1 + wave(0, time)),
    };
  };
}
