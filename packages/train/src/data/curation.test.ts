/** Scores of sounds and pictures that are known, rules over them, the funnel, and the shuffled order. */
import { createRandom, FoleyError } from "@foley-control/core";
import { createFft } from "@foley-control/signal";
import { describe, expect, test } from "vitest";
import { funnel } from "./funnel.js";
import { PICTURE_SCORES, pictureScorer } from "./picture-scores.js";
import { defaultRules, firstBroken, isFixed, parseRule, resolveRules } from "./rules.js";
import { shuffledOrder } from "./shuffle.js";
import { SILENCE_DB, SOUND_SCORES, soundScores } from "./sound-scores.js";

const rate = 48_000;
const sine = (hertz: number, peak: number, seconds = 1): Float32Array =>
  Float32Array.from({ length: seconds * rate }, (_, i) => peak * Math.sin((2 * Math.PI * hertz * i) / rate));
/** Noise whose spectrum is flat up to a frequency and zero beyond. */
function noise(limit: number, peak: number): Float32Array {
  const size = 1 << 16;
  const [re, im] = [new Float64Array(size), new Float64Array(size)];
  const random = createRandom(1, "noise");
  for (let bin = 1; bin < (limit / rate) * size; bin++) {
    const phase = random.range(0, 2 * Math.PI);
    [re[bin], im[bin]] = [Math.cos(phase), Math.sin(phase)];
    [re[size - bin], im[size - bin]] = [Math.cos(phase), -Math.sin(phase)];
  }
  createFft(size).forward(re, im);
  const highest = re.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Float32Array.from(re, (value) => (value / highest) * peak);
}

describe("sound", () => {
  test("level, loudness and silence of a tone", () => {
    const scores = soundScores([sine(1000, 0.5)], rate);
    expect(Object.keys(scores).sort()).toEqual([...SOUND_SCORES].sort());
    expect(scores["peakDb"]).toBeCloseTo(-6.02, 2);
    // BS.1770: a 997 Hz sine of 0 dBFS in one channel is −3.01 LUFS.
    expect(scores["loudness"]).toBeCloseTo(-9.03, 1);
    expect(scores["silentShare"]).toBe(0);
    expect(scores["clippedShare"]).toBe(0);
  });
  test("silence is silent, and its levels are finite", () => {
    const scores = soundScores([new Float32Array(rate), new Float32Array(rate)], rate);
    expect(scores).toMatchObject({ peakDb: SILENCE_DB, loudness: SILENCE_DB, silentShare: 1, dynamicsDb: 0, channelGapDb: 0 });
  });
  test("half silence, clipping, a dead channel", () => {
    const half = sine(500, 0.3, 2);
    half.fill(0, rate);
    expect(soundScores([half], rate)["silentShare"]).toBeCloseTo(0.5, 1);
    const clipped = sine(440, 2).map((value) => Math.max(-1, Math.min(1, value)));
    // A sine of twice full scale is beyond 0.99 where |sin| > 0.495.
    expect(soundScores([clipped], rate)["clippedShare"]).toBeCloseTo(1 - (2 / Math.PI) * Math.asin(0.495), 2);
    expect(soundScores([sine(440, 0.1), new Float32Array(rate)], rate)["channelGapDb"]).toBeGreaterThan(90);
  });
  test.each([4000, 8000, 16_000, 24_000])("noise up to %i Hz has that bandwidth", (limit) => {
    const scores = soundScores([noise(limit, 0.5)], rate);
    expect(Math.abs((scores["bandwidthHz"] as number) - limit)).toBeLessThanOrEqual(500);
    if (limit === 24_000) expect(Math.abs(scores["shelfDb"] as number)).toBeLessThan(1);
    if (limit === 8000) expect(scores["shelfDb"]).toBeGreaterThan(40);
  });
  test("an empty sound has no scores, a short one has", () => {
    expect(Object.values(soundScores([new Float32Array(0)], rate)).every((score) => score === null)).toBe(true);
    expect(Object.values(soundScores([sine(1000, 0.5).slice(0, 100)], rate)).every((score) => Number.isFinite(score))).toBe(true);
  });
});

describe("pictures", () => {
  const picture = (r: number, g: number, b: number, height = 8, width = 12) => ({
    rgb: Uint8Array.from({ length: height * width * 3 }, (_, i) => [r, g, b][i % 3] as number),
    height,
    width,
  });
  test("a still does not move; one picture says nothing", () => {
    const scorer = pictureScorer(16);
    scorer.add(picture(10, 20, 30));
    expect(scorer.scores()).toEqual(Object.fromEntries(PICTURE_SCORES.map((name) => [name, null])));
    scorer.add(picture(10, 20, 30), true);
    scorer.add(picture(10, 20, 30));
    expect(scorer.scores()).toEqual({ cuts: 0, cutScore: 0, motion: 0 });
  });
  test("from black to red: 0, 255 and 255 of hue, saturation and value", () => {
    const scorer = pictureScorer(16);
    scorer.add(picture(0, 0, 0));
    scorer.add(picture(255, 0, 0));
    const { cuts, cutScore, motion } = scorer.scores();
    expect([cuts, cutScore]).toEqual([1, 170]);
    expect(motion).toBeCloseTo(0.299 * 255, 4);
  });
  test("hue as OpenCV counts it: half degrees", () => {
    const scorer = pictureScorer(16);
    scorer.add(picture(0, 200, 0));
    scorer.add(picture(0, 0, 200));
    expect(scorer.scores()["cutScore"]).toBeCloseTo((120 - 60) / 3, 4);
  });
  test("cuts closer than half a second are one", () => {
    const scorer = pictureScorer(16);
    for (let i = 0; i < 32; i++) scorer.add(i % 16 === 0 ? picture(255, 255, 255) : picture(0, 0, 0));
    // White to black at 1/16 s, black to white at 1 s, back at 17/16 s.
    expect(scorer.scores()["cuts"]).toBe(2);
  });
});

describe("rules", () => {
  test.each([
    ["silentShare<=0.8", "<=", { value: 0.8 }],
    [" peakDb >= -60 ", ">=", { value: -60 }],
    ["audiobox.pq>=p25", ">=", { percentile: 25 }],
    ["cuts=0", "=", { value: 0 }],
    ["x!=1e-3", "!=", { value: 0.001 }],
  ] as const)("%j", (text, comparison, limit) => {
    expect(parseRule(text)).toMatchObject({ comparison, limit });
  });
  test.each(["", "loud", "loud>", ">=3", "a>=b", "a>=p101", "a>=1;b>=2", "a => 1", "constructor"])("%j is refused", (text) => {
    expect(() => parseRule(text)).toThrow(FoleyError);
  });
  test("scores that a clip does not have fulfil nothing", () => {
    const rules = resolveRules([parseRule("a!=1"), parseRule("b<2")], [{ a: 0, b: 1 }]);
    expect(firstBroken({ a: null, b: 1 }, rules)?.text).toBe("a!=1");
    expect(firstBroken({ a: 0 }, rules)?.text).toBe("b<2");
    expect(firstBroken({ a: 0, b: 1 }, rules)).toBeUndefined();
    expect(firstBroken({}, resolveRules([parseRule("constructor!=1")], []))?.text).toBe("constructor!=1");
  });
  test("percentiles are over the clips that have the score, as NumPy interpolates", () => {
    const clips = [1, 2, 4, 8, null].map((a) => ({ a }));
    const limits = ["a>=p0", "a>=p25", "a>=p50", "a>=p100"].map((text) => resolveRules([parseRule(text)], clips)[0]?.limit.value);
    expect(limits).toEqual([1, 1.75, 3, 8]);
  });
  test("an unknown score is named with those that are known", () => {
    expect(() => resolveRules([parseRule("loud>1")], [{ loudness: 1 }])).toThrow(/"loud".*Known are loudness/s);
  });
  test("the default rules can be read and need no other clips", () => {
    for (const rule of defaultRules(44_100)) expect(isFixed(rule)).toBe(true);
    expect(defaultRules(44_100).map(({ text }) => text)).toContain("bandwidthHz>=13230");
    expect(defaultRules(96_000).map(({ text }) => text)).toContain("bandwidthHz>=15000");
  });
});

test("the funnel counts what remains, and what each rule alone would cost", () => {
  const clips = [
    { a: 1, b: 1 },
    { a: 2, b: 0 },
    { a: 0, b: 0 },
    { a: 3, b: null },
  ];
  const { steps, kept } = funnel(clips, [parseRule("a>=1"), parseRule("b>=p50")]);
  expect(steps).toEqual([
    { rule: "a>=1", before: 4, after: 3, alone: 1 },
    { rule: "b>=p50 (0.000)", before: 3, after: 2, alone: 1 },
  ]);
  expect(kept).toEqual([true, true, false, false]);
});

describe("shuffle", () => {
  test("every epoch holds each clip once, in another order, and any part can be had alone", () => {
    const order = shuffledOrder(100, 7);
    const [first, second] = [order.take(0, 100), order.take(100, 100)];
    const sorted = Array.from({ length: 100 }, (_, i) => i);
    for (const epoch of [first, second]) expect([...epoch].sort((a, b) => a - b)).toEqual(sorted);
    expect(first).not.toEqual(second);
    expect(shuffledOrder(100, 7).take(95, 10)).toEqual([...first.slice(95), ...second.slice(0, 5)]);
    expect(shuffledOrder(100, 8).take(0, 100)).not.toEqual(first);
  });
  test("one clip is always that one; none cannot be shuffled", () => {
    expect(shuffledOrder(1, 1).take(5, 3)).toEqual([0, 0, 0]);
    expect(() => shuffledOrder(0, 1)).toThrow(FoleyError);
  });
});
