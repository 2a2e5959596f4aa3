import { createRandom } from "@foley-control/core";
import { expect, it } from "vitest";
import { area, drift, jumpsAt, lastingRow } from "./score.js";

const rate = 24_000;
const noise = (seconds: number, level: (time: number) => number): Float32Array => {
  const random = createRandom(1, "noise");
  return Float32Array.from({ length: seconds * rate }, (_, i) => level(i / rate) * random.normal());
};

it("a cut is told from other places, a place like any other is not", () => {
  const cuts = [3, 7, 11, 15];
  const sound = noise(20, (time) => (cuts.filter((cut) => time >= cut).length % 2 === 0 ? 0.05 : 0.1));
  const elsewhere = Array.from({ length: 30 }, (_, i) => 0.5 + 0.65 * i).filter((time) =>
    cuts.every((cut) => Math.abs(time - cut) > 0.2),
  );
  const loudness = (times: readonly number[]) => jumpsAt(sound, rate, times).map((jump) => jump.loudness);
  expect(Math.min(...loudness(cuts))).toBeGreaterThan(4);
  expect(area(loudness(cuts), loudness(elsewhere))).toBe(1);
  const [some, others] = [elsewhere.filter((_, i) => i % 2 === 0), elsewhere.filter((_, i) => i % 2 === 1)];
  expect(Math.abs(area(loudness(some), loudness(others)) - 0.5)).toBeLessThan(0.25);
});

it("a sound that grows by 6 dB a minute is told so", () => {
  const { level, bands } = drift(
    noise(30, (time) => 0.05 * 10 ** ((6 * time) / 60 / 20)),
    rate,
  );
  expect(level).toBeGreaterThan(5.5);
  expect(level).toBeLessThan(6.5);
  expect(Math.max(...bands.map(Math.abs))).toBeLessThan(1.5);
});

it("says how sure a mean drift is", () => {
  const places = [{ spectrum: 1, loudness: 1 }];
  const row = (levels: readonly number[]) =>
    lastingRow("rain", {
      ...{ joints: places, borders: places, elsewhere: places },
      drifts: levels.map((level) => ({ level, bands: new Array<number>(40).fill(0) })),
    });
  expect(row([-3, 1, -1, 3])).toMatchObject({ levelDb: 0, levelDbSure: Math.sqrt(20 / 3 / 4) });
  expect(row([1]).levelDbSure).toBeNaN();
});
