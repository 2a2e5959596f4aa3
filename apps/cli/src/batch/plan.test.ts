/** Names that are never the same, commands that make one take alone, and ten thousand rows in no time. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Settings } from "../generate/settings.js";
import { createNames } from "./names.js";
import { commandOf, planTakes } from "./plan.js";

let folder: string;
let clip: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-plan-"));
  clip = join(folder, "a.mp4");
  await writeFile(clip, "");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = { outputDir: "made", written: "video", made: {} } as const;
const plan = (...settings: readonly Settings[]) =>
  planTakes(
    settings.map((one, i) => ({ number: i + 1, clip, settings: one })),
    options,
  );

describe("names", () => {
  it("are those of the clips, and of the second of one name NAME-2, whatever its capitals and accents", () => {
    const names = createNames("both");
    const given = ["x/a.mp4", "y/a.mp4", "A.mov", "a-2.mp4", "b.mkv", "caf\u00E9.mp4", "cafe\u0301.mp4", "y/a.mp4"];
    expect(given.map((path) => names(path, 1)[0]?.video)).toEqual([
      "a.foley.mp4",
      "a-2.foley.mp4",
      "A-3.foley.mov",
      "a-2-2.foley.mp4",
      "b.foley.mkv",
      "caf\u00E9.foley.mp4",
      "cafe\u0301-2.foley.mp4",
      "a-4.foley.mp4",
    ]);
  });
  it("of takes are numbered, and rows that are added change none before them", () => {
    const [one, two] = [createNames("sound"), createNames("sound")];
    const rows: [string, number][] = [
      ["a.mp4", 2],
      ["x/a.mp4", 1],
      ["a.mov", 2],
    ];
    const first = rows.map(([path, takes]) => one(path, takes).map(({ audio }) => audio));
    expect(first).toEqual([["a.foley-1.wav", "a.foley-2.wav"], ["a.foley.wav"], ["a-2.foley-1.wav", "a-2.foley-2.wav"]]);
    expect(
      [...rows, ["a.mp4", 2] as [string, number]].map(([path, takes]) => two(path, takes).map(({ audio }) => audio)).slice(0, 3),
    ).toEqual(first);
  });
});

it("a take is made from its clip, its settings and its seed: what changes one of them changes its key, what says the same does not", () => {
  const keyOf = (settings: Settings): string | undefined => plan(settings)[0]?.key;
  const others: readonly Settings[] = [
    { seed: 1 },
    { prompt: "rain" },
    { steps: 3 },
    { start: 1 },
    { original: "mix" },
    { tolerant: true },
  ];
  expect(new Set([{}, ...others].map(keyOf)).size).toBe(7);
  expect(keyOf({ seed: 0, original: "replace", tolerant: false })).toBe(keyOf({}));
  const [, second] = plan({ seed: 6, takes: 2 });
  expect([second?.seed, second?.key]).toEqual([7, keyOf({ seed: 7 })]);
});

it("the command of a take says all that it is made with, as a shell reads it", () => {
  const settings = {
    prompt: "it's rain",
    seed: 6,
    takes: 2,
    tolerant: true,
    guidance: -2,
    original: "replace",
    start: 3723.5,
  } as const;
  const [, second] = plan(settings);
  expect(
    commandOf({ ...(second as NonNullable<typeof second>), row: { number: 1, clip: "-a b.mp4", settings } }, [
      "--model",
      "my model",
    ]),
  ).toBe(
    "foley generate './-a b.mp4' --prompt 'it'\\''s rain' --seed 7 --guidance -2 --start 3723.5 --tolerant --model 'my model' -o made/a.foley-2.mp4",
  );
});

it("what is wrong with a row is known before anything is made", () => {
  const rows = [
    { number: 1, clip: join(folder, "none.mp4"), settings: {} },
    { number: 2, clip: folder, settings: {} },
    { number: 3, clip, settings: { sampler: "euler-ish" } },
    { number: 4, clip, settings: { events: join(folder, "none.csv") } },
  ];
  expect(planTakes(rows, options).map(({ error }) => error?.message)).toEqual([
    expect.stringMatching(/none\.mp4" does not exist\. Paths in a list/),
    expect.stringMatching(/is no file/),
    expect.stringMatching(/solver is "euler-ish"/),
    expect.stringMatching(/none\.csv" does not exist/),
  ]);
  expect(() => plan({ takes: 1000 }, ...Array.from({ length: 100 }, () => ({ takes: 1000 })))).toThrow(/More than 100000 sounds/);
});

it("ten thousand rows of one name are planned in a moment, in a few megabytes", () => {
  const settings = Array.from({ length: 10_000 }, (_, seed) => ({ seed, prompt: `rain on ${seed}` }));
  const [before, begun] = [process.memoryUsage().heapUsed, performance.now()];
  const planned = plan(...settings);
  expect(performance.now() - begun).toBeLessThan(5000);
  expect(new Set(planned.flatMap(({ names }) => names)).size).toBe(10_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
});
