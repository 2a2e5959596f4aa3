import { describe, expect, test } from "vitest";
import { guide } from "./guidance.js";

describe("projected guidance", () => {
  const [none, text, full] = [
    [0.1, 0.4, -0.2, 0.3],
    [0.5, -0.3, 0.2, 0.1],
    [0.2, 0.6, 0.4, -0.5],
  ].map((row) => Float64Array.from(row)) as [Float64Array, Float64Array, Float64Array];
  const by = { none, text, full };
  const x = Float64Array.of(1, -2, 0.5, 0.25);
  const network = (options: Parameters<typeof guide>[1]) =>
    guide<Float64Array>((_x, _time, branches) => branches.map((branch) => by[branch]), { prediction: "flow", ...options });
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

  test("adds nothing along what the most conditioned branch estimates, for two conditions as for one", async () => {
    const time = 0.7;
    const estimate = x.map((value, i) => value - time * (full[i] as number));
    const found = await network({ textScale: 3, videoScale: 5, projection: 1 }).velocity(x, time);
    expect(
      dot(
        found.map((value, i) => value - (full[i] as number)),
        estimate,
      ),
    ).toBeCloseTo(0, 10);
    const alone = await network({ textScale: 3, video: false, projection: 1 }).velocity(x, time);
    const ofText = x.map((value, i) => value - time * (text[i] as number));
    expect(
      dot(
        alone.map((value, i) => value - (text[i] as number)),
        ofText,
      ),
    ).toBeCloseTo(0, 10);
  });

  test("counts from the prompt at a scale of 0, as the reference does: what is left is not the branch without it", async () => {
    const asked: string[][] = [];
    const zero = guide<Float64Array>(
      (_x, _time, branches) => {
        asked.push([...branches]);
        return branches.map((branch) => by[branch]);
      },
      { prediction: "flow", textScale: 0, video: false, projection: 1 },
    );
    const time = 0.7;
    const found = await zero.velocity(x, time);
    expect(asked).toEqual([["none", "text"]]);
    const estimate = x.map((value, i) => value - time * (text[i] as number));
    const difference = text.map((value, i) => value - (none[i] as number));
    const share = dot(difference, estimate) / dot(estimate, estimate);
    expect(found).toEqual(text.map((value, i) => value - ((difference[i] as number) - share * (estimate[i] as number))));
  });

  test("is plain guidance with nothing left out, whatever the branches", async () => {
    for (const scales of [
      { textScale: 3, videoScale: 5 },
      { textScale: 2 },
      { textScale: 0, videoScale: 0 },
      { textScale: 4, video: false },
    ]) {
      const plain = await network(scales).velocity(x, 0.4);
      const found = await network({ ...scales, projection: 0, normLimit: 1e9 }).velocity(x, 0.4);
      for (const [i, value] of found.entries()) expect(value).toBeCloseTo(plain[i] as number, 12);
    }
  });
});
