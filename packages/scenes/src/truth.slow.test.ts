import { detectOnsets, matchOnsets, mergeOnsets, poolOnsetScores } from "@foley-control/signal";
import { describe, expect, it } from "vitest";
import {
  contactsOf,
  describeScene,
  IMPACT_CLASSES,
  renderAudio,
  renderScene,
  type SceneClass,
  SOLID_MATERIALS,
} from "./index.js";
import { clearEvent, nearestLabel, soundFeatures } from "./testing.js";

/** Contacts closer than this are one sound to any detector and one event to this test. */
const MERGE_SECONDS = 0.05;

describe("events", () => {
  it("are where a detector that knows only the sound finds onsets: recall and precision above 0.95 within 20 ms, 100 scenes", () => {
    const scores = Array.from({ length: 100 }, (_, i) => {
      const scene = renderAudio(40_000 + i, { classes: IMPACT_CLASSES });
      const truth = mergeOnsets(
        scene.events.map((event) => event.time),
        MERGE_SECONDS,
      );
      const found = mergeOnsets(detectOnsets(scene.audio, scene.sampleRate).times, MERGE_SECONDS);
      return matchOnsets(found, truth, 0.02);
    });
    const pooled = poolOnsetScores(scores);
    expect(pooled.recall).toBeGreaterThan(0.95);
    expect(pooled.precision).toBeGreaterThan(0.95);
    expect(Math.abs(pooled.meanLag)).toBeLessThan(0.003);
  });

  it.each(["film", "film-held-out"] as const)("of the look %s are heard when they happen, too", (look) => {
    const scores = Array.from({ length: 60 }, (_, i) => {
      const scene = renderAudio(41_000 + i, { look });
      const heard = contactsOf(scene).map((event) => event.time);
      const found = detectOnsets(scene.audio, scene.sampleRate).times;
      // Continuous classes have onsets of their own.
      return scene.envelope ? undefined : matchOnsets(mergeOnsets(found, MERGE_SECONDS), mergeOnsets(heard, MERGE_SECONDS), 0.02);
    });
    const pooled = poolOnsetScores(scores.filter((score) => score !== undefined));
    expect(pooled.recall).toBeGreaterThan(0.9);
    expect(pooled.precision).toBeGreaterThan(0.9);
    expect(Math.abs(pooled.meanLag)).toBeLessThan(0.003);
  });

  it("start the sound exactly: silence before the first contact, force at its sample", () => {
    for (let seed = 0; seed < 20; seed++) {
      const scene = renderAudio(seed, { classes: ["strike"] });
      const first = scene.events[0];
      if (!first) continue;
      const at = Math.round(first.time * scene.sampleRate);
      const rms = (from: number, to: number) => {
        let sum = 0;
        for (let i = from; i < to; i++) sum += (scene.audio[i] as number) ** 2;
        return Math.sqrt(sum / (to - from));
      };
      expect(rms(at, at + 200)).toBeGreaterThan(6 * rms(Math.max(0, at - 400), at));
    }
  });

  it("are visible: a bouncing thing is lowest in the picture at its contacts", () => {
    let lowest = 0;
    let counted = 0;
    for (let seed = 0; seed < 60; seed++) {
      const scene = renderScene(seed, { classes: ["bounce"], audio: false });
      if (/two/.test(scene.caption) || !cameraIsFixed(scene.frames)) continue;
      const heights = movingHeights(scene.frames);
      scene.events.forEach((event, i) => {
        const gap = Math.min(
          event.time - (scene.events[i - 1]?.time ?? -1),
          (scene.events[i + 1]?.time ?? event.time) - event.time,
        );
        const frame = Math.floor(event.time * 16);
        if (gap < 0.35 || frame < 3 || frame > 60) return;
        counted++;
        const around = heights.slice(frame - 3, frame + 4);
        const best = around.indexOf(Math.max(...around));
        if (best >= 2 && best <= 4) lowest++;
      });
    }
    expect(counted).toBeGreaterThan(30);
    expect(lowest / counted).toBeGreaterThan(0.95);
  });

  it("of silent motion do not exist, and nothing is heard but the floor", () => {
    for (let seed = 0; seed < 20; seed++) {
      const scene = renderScene(seed, { classes: ["silent-motion"] });
      expect(scene.events).toEqual([]);
      let energy = 0;
      for (const value of scene.audio) energy += value * value;
      expect(10 * Math.log10(energy / scene.audio.length)).toBeLessThan(-50);
      const size = 64 * 64 * 3;
      let change = 0;
      for (let i = 0; i < size; i++)
        change = Math.max(change, Math.abs((scene.frames[i] as number) - (scene.frames[i + 16 * size] as number)));
      expect(change).toBeGreaterThan(25);
    }
  });
});

describe("materials", () => {
  const classes: readonly SceneClass[] = ["bounce", "strike", "collide", "footsteps", "drip"];
  const example = (seed: number, options: Parameters<typeof renderAudio>[1]) => {
    const scene = renderAudio(seed, options);
    const event = clearEvent(scene);
    return event ? { features: soundFeatures(scene.audio, scene.sampleRate, event.time), label: scene.material } : undefined;
  };
  const set = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) =>
      example(from + i, { classes, material: SOLID_MATERIALS[i % 7] as (typeof SOLID_MATERIALS)[number] }),
    ).filter((entry) => entry !== undefined);
  const known = set(50_000, 420);

  it("are told apart by centroid, spread and decay in more than 95 % of unseen scenes", () => {
    const unseen = set(60_000, 210);
    const wrong = unseen.filter((entry) => nearestLabel(known, entry.features) !== entry.label).length;
    expect(1 - wrong / unseen.length).toBeGreaterThan(0.95);
  });

  it("of a contradiction sound as its caption says while events and picture stay", () => {
    let right = 0;
    let counted = 0;
    for (let seed = 70_000; seed < 70_060; seed++) {
      const seen = describeScene(seed, { classes });
      if (!seen.contradiction) continue;
      const { material } = seen.contradiction;
      const other = describeScene(seed, { classes, material });
      expect(other.events.map((event) => [event.time, event.velocity, event.x])).toEqual(
        seen.events.map((event) => [event.time, event.velocity, event.x]),
      );
      const heard = example(seed, { classes, material });
      if (!heard) continue;
      counted++;
      if (nearestLabel(known, heard.features) === material) right++;
    }
    expect(right / counted).toBeGreaterThan(0.9);
    const plain = renderScene(70_001, { classes, audio: false });
    const changed = renderScene(70_001, { classes, audio: false, material: plain.contradiction?.material ?? "metal" });
    expect(changed.frames).toEqual(plain.frames);
  });
});

const SIZE = 64 * 64 * 3;

/** A camera that pans or shakes changes most of the picture; sensor noise stays below this limit. */
function cameraIsFixed(frames: Uint8Array): boolean {
  let changed = 0;
  for (let i = 0; i < SIZE; i++) if (Math.abs((frames[i] as number) - (frames[i + 40 * SIZE] as number)) > 24) changed++;
  return changed / SIZE < 0.1;
}

/** Row of the centre of what differs from the median picture, per frame. */
function movingHeights(frames: Uint8Array): number[] {
  const count = frames.length / SIZE;
  const median = new Uint8Array(SIZE);
  for (let i = 0; i < SIZE; i++) {
    const values = Array.from({ length: 16 }, (_, k) => frames[Math.floor((k * count) / 16) * SIZE + i] as number).sort(
      (a, b) => a - b,
    );
    median[i] = values[8] as number;
  }
  return Array.from({ length: count }, (_, frame) => {
    let weight = 1e-9;
    let sum = 0;
    for (let i = 0; i < SIZE; i++) {
      const difference = Math.abs((frames[frame * SIZE + i] as number) - (median[i] as number));
      if (difference < 28) continue;
      const row = Math.floor(i / (64 * 3));
      weight += difference;
      sum += difference * row;
    }
    return sum / weight;
  });
}
