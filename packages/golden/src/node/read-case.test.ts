import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formula } from "../formula.js";
import { synthesise } from "../synth.js";
import { assembleCases } from "./assemble.js";
import { goldenCase, goldenPath } from "./cases.js";
import { besideCase, readCase } from "./read-case.js";
import { readSafetensors, writeFormulaWeights } from "./safetensors.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-golden-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function caseWith(inputs: object, further: object = { caseSeed: 5 }) {
  const path = join(folder, "case.json");
  await writeFile(path, JSON.stringify({ case: "made", inputs, ...further }));
  return readCase(path);
}

describe("an input", () => {
  const entry = { shape: [2, 2], amp: 0.5, offset: 1 };

  test("is made with its own seed or the case's, under its own name or its key", async () => {
    const { input } = await caseWith({ a: entry, b: { ...entry, seed: 8, name: "other" } });
    expect(input("a")).toEqual({ shape: [2, 2], data: formula("input:a", entry, 5) });
    expect(input("b")).toEqual({ shape: [2, 2], data: formula("other", entry, 8) });
    await expect(caseWith({ a: entry }, {}).then((one) => one.input("a"))).rejects.toThrow(/"a" nor its case states a seed/);
    expect(() => input("c")).toThrow(/no input "c"/);
  });

  test("that does not begin or end as the case says is an error", async () => {
    const [first] = formula("input:a", entry, 5);
    const checked = (more: object) => caseWith({ a: { ...entry, ...more } }).then((one) => one.input("a").shape);
    await expect(checked({ firstValues: [first] })).resolves.toEqual([2, 2]);
    await expect(checked({ firstValues: [0] })).rejects.toThrow(/"a" begins with/);
    await expect(checked({ lastValue: 0 })).rejects.toThrow(/says otherwise/);
  });

  test("is synthesised and scaled as the case says", async () => {
    const synth = { sampleRate: 8000, n: 50, seed: 3, kind: 2 };
    const { input } = await caseWith({
      a: { shape: [50], synth, scale: "int16/1000" },
      b: { shape: [50], synth, scale: "half" },
    });
    expect([...input("a").data]).toEqual([...synthesise(synth)].map((sample) => Math.fround(sample / 1000)));
    expect(() => input("b")).toThrow(/a scale that is not read: "half"/);
  });

  test("is read where it is stored", () => {
    const golden = goldenCase("sao/samplers");
    expect(golden.names).toContain("in.mu");
    expect(golden.input("mu").data).toEqual(golden.stored("in.mu").data);
    expect(golden.has("in.nu")).toBe(false);
    expect(() => golden.stored("in.nu")).toThrow(/samplers\.safetensors has no tensor "in\.nu"/);
  });
});

test("a model's table becomes a file with its seed, and cases find it beside them", async () => {
  const table = { a: { shape: [3], amp: 0.5, offset: 0 }, b: { shape: [2], values: [1, 2] }, c: { shape: [1] } as never };
  const path = join(folder, "model.safetensors");
  await writeFormulaWeights(path, table, { caseSeed: 6 });
  const { names, get } = readSafetensors(path);
  expect(names).toEqual(["a", "b"]);
  expect(get("a")?.data).toEqual(formula("a", table.a, 6));
  expect(get("b")?.data).toEqual(Float32Array.of(1, 2));
  expect(get("c")).toBeUndefined();

  const laid = join(folder, "laid");
  await assembleCases(laid);
  expect(await readdir(join(laid, "sao/sao-tiny"))).toEqual(["model.safetensors", "model_config.json", "t5-tiny"]);
  const golden = readCase(join(laid, "sao/sao-tiny-dit.json"));
  expect(besideCase(golden, golden.file.config.folder)).toBe(join(laid, "sao/sao-tiny"));
  expect(() => besideCase(golden, "nowhere")).toThrow(/needs nowhere beside it/);
  expect(() => goldenPath("sao/nowhere.json")).toThrow("There is no golden file sao/nowhere.json.");
});
