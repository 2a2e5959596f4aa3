/** What is made of recordings: who may be trained on, who is held out, when they sound in a clip, what is said of them. */
import { createRandom } from "@foley-control/core";
import { contactsOf, describeScene } from "@foley-control/scenes";
import { describe, expect, test } from "vitest";
import { soundSource, stretchSource } from "../sound-of.js";
import { asHit, cutHits } from "./hits.js";
import { heldOutSources } from "./hold-out.js";
import { addTake, inOrder, pitched } from "./mix.js";
import { recordedClip } from "./recorded-clip.js";
import { mayTrain } from "./recording.js";
import { click, RATE, recorded } from "./recordings.test-support.js";
import { voicesOf } from "./voices.js";
import { recordingCaptions, recordingVocabulary } from "./words.js";

test.each([
  ["CC0", true],
  ["CC0 (clip); selection CC BY 3.0, someone", true],
  ["CC BY 3.0", true],
  ["CC BY 4.0 (clip)", true],
  ["MIT (repository LICENSE.md)", true],
  ["MIT (repository; provenance of single sounds not stated)", false],
  ["CC BY-NC 3.0", false],
  ["CC BY-SA 4.0", false],
  ["MITRE", false],
  ["all rights reserved", false],
])("%s may be trained on: %s", (licence, may) => expect(mayTrain({ licence })).toBe(may));

describe("holding out", () => {
  const of = (cls: string, counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).flatMap(([source, count]) => Array.from({ length: count }, () => ({ cls, source })));

  test("takes whole sources until a tenth of a class, never the most of one, nothing of a class of one source", () => {
    const entries = [
      ...of("rain", Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`rain ${i}`, 1]))),
      ...of("coin", { many: 20, few: 2 }),
      ...of("paper", { many: 9 }),
      ...of("wind", { a: 1, b: 1 }),
    ];
    const held = heldOutSources(entries);
    expect([...held].filter((source) => source.startsWith("rain"))).toHaveLength(3);
    expect(held.has("many")).toBe(false);
    expect(held.has("few")).toBe(true);
    expect([...held].filter((source) => source === "a" || source === "b")).toHaveLength(1);
    expect(heldOutSources([...entries].reverse())).toEqual(held);
  });

  test("a source is on one side in every class", () => {
    const held = heldOutSources([...of("door", { x: 1, y: 9 }), ...of("knock", { x: 1 })]);
    expect(held.has("x")).toBe(false);
  });
});

describe("hits", () => {
  test("a take begins just before its first onset, and says when it sounds again", () => {
    const audio = new Float32Array(RATE);
    audio.set(click(0.4), 0.3 * RATE);
    audio.set(click(0.2), 0.7 * RATE);
    const take = asHit(audio, RATE);
    expect(Math.max(...take.audio)).toBeCloseTo(1, 5);
    expect(take.audio.length).toBeLessThan(0.71 * RATE);
    expect(take.onsets).toHaveLength(2);
    const [first, second] = take.onsets as [{ time: number; strength: number }, { time: number; strength: number }];
    expect(first.time).toBeLessThan(0.006);
    expect(second.time - first.time).toBeCloseTo(0.4, 2);
    expect(second.strength / first.strength).toBeCloseTo(0.5, 1);
    expect(asHit(new Float32Array(100), RATE).onsets).toHaveLength(1);
  });

  test("ticks are cut one by one", () => {
    const audio = new Float32Array(2 * RATE);
    for (const time of [0.25, 0.75, 1.25, 1.75]) audio.set(click(0.5), time * RATE);
    const cuts = cutHits(audio, RATE);
    expect(cuts).toHaveLength(4);
    for (const cut of cuts) expect(asHit(cut, RATE).onsets).toHaveLength(1);
  });

  test("a take falls with its onset on the moment, whatever its pitch", () => {
    const out = new Float32Array(RATE);
    const random = createRandom(1, "take");
    const events = addTake(
      out,
      recorded("step metal", { cls: "footsteps" }),
      { time: 0.5, strength: 0.6, gain: 0.5, sampleRate: RATE },
      random,
    );
    expect(events).toEqual([{ time: 0.5, strength: 0.6 }]);
    const first = out.findIndex((value) => Math.abs(value) > 0.1) / RATE;
    expect(Math.abs(first - 0.5)).toBeLessThan(0.004);
    expect(out.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeCloseTo(0.5, 1);
  });

  test("an octave up is half as long; a ramp stays a ramp", () => {
    const ramp = Float32Array.from({ length: 100 }, (_, i) => i / 100);
    const up = pitched(ramp, 2);
    expect(up).toHaveLength(50);
    for (let i = 1; i < 48; i++) expect(up[i]).toBeCloseTo(i / 50, 5);
  });

  test("of events that are heard as one the strongest counts", () => {
    const events = [
      { time: 1, strength: 0.2 },
      { time: 0.5, strength: 1 },
      { time: 1.01, strength: 0.9 },
    ];
    expect(inOrder(events)).toEqual([
      { time: 0.5, strength: 1 },
      { time: 1, strength: 0.9 },
    ]);
  });
});

describe("clips", () => {
  const options = { seconds: 4, sampleRate: RATE };
  const steps = [recorded("step metal", { cls: "footsteps" }), recorded("step metal", { cls: "footsteps", source: "b" })];
  const rain = recorded("rain", { cls: "rain", long: true });

  test("hits are where the events say; what lasts has none", () => {
    let told = 0;
    for (let seed = 0; seed < 20; seed++) {
      const { audio, events } = recordedClip(steps[0] as (typeof steps)[number], steps, options, createRandom(seed, "clip"));
      expect(audio).toHaveLength(4 * RATE);
      told += events.length;
      for (const { time, strength } of events) {
        const at = Math.round(time * RATE);
        const before = Math.max(...audio.subarray(Math.max(0, at - 200), Math.max(0, at - 20)).map(Math.abs));
        const after = Math.max(...audio.subarray(at, at + 60).map(Math.abs));
        expect(after).toBeGreaterThan(3 * before);
        expect(strength).toBeGreaterThan(0.29);
      }
    }
    expect(told).toBeGreaterThan(60);
    const lasting = recordedClip(rain, [rain], options, createRandom(1, "clip"));
    expect(lasting.events).toEqual([]);
    expect(lasting.captions).toContain("rain falling");
    expect(lasting.audio.every((value) => Math.abs(value) <= 1)).toBe(true);
  });

  test("what lasts and is shorter than the clip goes on without a gap", () => {
    const level = (audio: Float32Array) => Math.sqrt(audio.reduce((sum, x) => sum + x * x, 0) / audio.length);
    for (let seed = 0; seed < 5; seed++) {
      const { audio } = recordedClip(
        rain,
        [rain],
        { seconds: 5 * (rain.audio.length / RATE), sampleRate: RATE },
        createRandom(seed, "clip"),
      );
      const parts = Array.from({ length: 20 }, (_, i) =>
        level(audio.subarray((i * audio.length) / 20, ((i + 1) * audio.length) / 20)),
      );
      expect(Math.min(...parts) / Math.max(...parts)).toBeGreaterThan(0.7);
    }
  });

  test("a stretch is cut from what has begun: an engine runs from its first sample, hits are where they are said to be", () => {
    const [all, starts] = [{ seed: 3, sampleRate: RATE, recordings: steps }, [0, 0]];
    const [clipOf, stretchOf] = [soundSource({ ...all, seconds: 8 }), stretchSource({ ...all, seconds: 8 })];
    const loud = (audio: Float32Array) => audio.subarray(0, RATE / 4).some((value) => Math.abs(value) > 0.01);
    for (let seed = 0; seed < 20; seed++) {
      const engine = { seed, kind: "scene", classes: ["engine"] } as const;
      for (const [i, soundOf] of [clipOf, stretchOf].entries()) if (loud(soundOf(engine).audio)) (starts[i] as number)++;
    }
    expect(starts[1]).toBeGreaterThanOrEqual(18);
    expect(starts[0]).toBeLessThan(16);
    const hits = { seed: 7, kind: "recorded" } as const;
    const [whole, part] = [soundSource({ ...all, seconds: 16 })(hits), stretchOf(hits)];
    expect(part.audio).toEqual(whole.audio.slice(6.4 * RATE, 14.4 * RATE));
    expect(part.events.map(({ time }) => time + 6.4)).toEqual(
      whole.events.flatMap(({ time }) => (time >= 6.4 && time < 14.4 ? [expect.closeTo(time, 6)] : [])),
    );
  });

  test("a training hears scenes, voiced scenes and recordings; each clip is always the same", () => {
    const all = [...steps, rain, recorded("clock tick", { cls: "tick" })];
    const soundOf = soundSource({ seed: 3, ...options, recordings: all });
    const captions = new Set(all.flatMap(recordingCaptions));
    let alone = 0;
    for (let seed = 0; seed < 100; seed++) if (captions.has(soundOf({ seed }).captions[0] as string)) alone++;
    expect(alone).toBeGreaterThan(18);
    expect(alone).toBeLessThan(55);
    expect(soundOf({ seed: 7 })).toEqual(soundOf({ seed: 7 }));
    const without = soundSource({ seed: 3, ...options });
    expect(without({ seed: 7, kind: "recorded" })).toEqual(without({ seed: 7, kind: "scene" }));
  });

  test("a voiced scene sounds at its contacts, by what fits its class and material", () => {
    const soundOf = soundSource({ seed: 3, ...options, recordings: steps });
    let voiced = 0;
    for (let seed = 0; seed < 60 && voiced < 4; seed++) {
      const clip = { seed, classes: ["footsteps"], kind: "voiced" } as const;
      const made = soundOf(clip);
      const scene = describeScene(seed, { seconds: 4, classes: ["footsteps"], material: "metal" });
      if (made.captions[0] !== scene.caption || scene.material !== "metal") continue;
      voiced++;
      expect(made.events.map(({ time }) => time)).toEqual(contactsOf(scene).map(({ time }) => time));
      expect(made.audio).not.toEqual(soundOf({ ...clip, kind: "scene" }).audio);
    }
    expect(voiced).toBe(4);
    expect(voicesOf({ class: "footsteps", material: "metal" }, [...steps, rain])).toEqual(steps);
    expect(voicesOf({ class: "engine", material: "metal" }, [...steps, rain])).toEqual([]);
  });
});

test("labels are cleaned; sentences say the class, and every word is in the vocabulary", () => {
  expect(recordingCaptions({ cls: "typing", label: "keyboard key mxblack/press" })[0]).toBe("keyboard key press");
  expect(recordingCaptions({ cls: "engine", label: "airplane prop 02" })).toContain("the engine of an airplane prop");
  expect(recordingCaptions({ cls: "glass_bowl", label: "s" })).toEqual(["glass bowl", "the sound of glass bowl"]);
  const words = recordingVocabulary([{ cls: "rain", label: "rain heavy" }]);
  expect(words).toContain("heavy");
  expect([...words].sort()).toEqual(words);
  for (const word of words) expect(word).toMatch(/^[a-z]+$/);
});
