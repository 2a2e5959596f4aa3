/** `foley train bridge` as it is called wrongly: nothing is trained, and one sentence says why. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ran } from "../testing.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-train-calls-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const data = () => ["--data", join(folder, "features")];

describe("mistakes", () => {
  it.each([
    ["a flag of a bridge of its own without features", ["bridge", "--steps", "5"], /--steps was given without --data/],
    [
      "two kinds of folder",
      ["bridge", "-d", "x", "--micro-batch", "2", "--data", "y"],
      /--micro-batch and --directory were both given/,
    ],
    [
      "the folder before the word",
      ["-d", "x", "bridge", "--start", "z", "--data", "y"],
      /--start and --directory were both given/,
    ],
    ["two backbones", ["bridge", "--data", "y", "--model", "a", "--backbone", "b"], /--model and --backbone were both given/],
    ["a T5 alone", ["bridge", "--data", "y", "--text-encoder", "a"], /--text-encoder was given without --backbone/],
    ["empty names", ["bridge", "--data", "y", "--sites", "a,,b"], /names separated by commas/],
    ["no steps", ["bridge", "--data", "y", "--steps", "0"], /whole number from 1/],
    ["a stage that there is not", ["opera"], /no stage "opera"/],
  ])("%s", async (_, argv, message) => {
    const { code, err } = await ran(["train", ...argv]);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });

  it("a plan that cannot be, named by its entry", async () => {
    const path = join(folder, "plan.json");
    for (const [plan, message] of [
      [`{ "pace": 3 }`, /The plan .* has the entry "pace"\. Known are seed, steps/],
      ["[]", /is no JSON object/],
      ["{", /The plan .* is no JSON/],
      [`{ "drop": { "text": 2 } }`, /"drop\.text" is 2/],
      [`{ "learningRate": { "kind": "sawtooth" } }`, /learningRate\.kind is "sawtooth"/],
    ] as const) {
      await writeFile(path, plan);
      const { code, err } = await ran(["train", "bridge", ...data(), "--plan", path, "--device", "cpu"]);
      expect([plan, code !== 0, err]).toEqual([plan, true, expect.stringMatching(message)]);
    }
  });

  it("a folder that holds no features", async () => {
    const { code, err } = await ran(["train", "bridge", ...data(), "--device", "cpu", "-o", join(folder, "out")]);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/There is no prepared dataset in .*features\. Make one with `foley dataset prepare`/),
    ]);
  });
});

it("has a help of its own with every flag of a plan's kind", async () => {
  const { code, out } = await ran(["train", "bridge", "--help"]);
  expect(code).toBe(0);
  for (const flag of [
    "--data",
    "--backbone",
    "--sites",
    "--resume",
    "--start",
    "--micro-batch",
    "--processes",
    "--out",
    "--plan",
  ])
    expect(out).toContain(flag);
  expect(out).toMatch(/Examples:\n {2}foley train bridge --data features\n/);
});
