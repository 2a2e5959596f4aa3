/** Cases of the project with other seeds, amplitudes and sizes, written into a folder of their own, and what the runner says of them. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CaseFile, formula, misses, type Numbers } from "@foley-control/golden";
import { assembleCases } from "@foley-control/golden/node";
import { afterAll, beforeAll, expect } from "vitest";
import { type CaseReport, checkCase } from "./run.js";

/** A case that a test makes up or rewrites. */
// biome-ignore lint/suspicious/noExplicitAny: files of many kinds; each test knows its own.
export type AnyCase = any;

/** A folder with the project's cases for the tests of one file; what they write goes with it. */
export function caseFolder() {
  let root = "";
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "foley-cases-"));
    await assembleCases(root);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  return {
    /** Runs a case that a test made, with the numbers that it stores. */
    async made(file: Partial<CaseFile>, stored: Readonly<Record<string, Numbers>> = {}): Promise<CaseReport> {
      const path = join(mkdtempSync(join(root, "made-")), "case.json");
      writeFileSync(path, JSON.stringify({ case: "made", config: {}, inputs: {}, outputs: {}, tolerance: {}, ...file }));
      writeFileSync(path.replace(/json$/, "safetensors"), safetensors(stored));
      return checkCase(path);
    },

    /** Runs one of the project's cases after a change; what it expects stays as it was. */
    async altered(name: string, change: (file: AnyCase) => AnyCase): Promise<CaseReport> {
      const path = join(root, `${name}.json`);
      const other = path.replace(/json$/, "altered.json");
      writeFileSync(other, JSON.stringify(change(JSON.parse(readFileSync(path, "utf8")))));
      const [numbers, copy] = [path, other].map((one) => one.replace(/json$/, "safetensors")) as [string, string];
      if (existsSync(numbers)) copyFileSync(numbers, copy);
      return checkCase(other);
    },
  };
}

/** Every field of this name at any depth, changed. */
export function everywhere(file: AnyCase, field: string, change: (value: AnyCase) => AnyCase): AnyCase {
  if (Array.isArray(file)) return file.map((one) => everywhere(one, field, change));
  if (typeof file !== "object" || file === null) return file;
  return Object.fromEntries(
    Object.entries(file).map(([key, value]) => [key, key === field ? change(value) : everywhere(value, field, change)]),
  );
}

/** A safetensors file in both precisions. */
function safetensors(tensors: Readonly<Record<string, Numbers>>): Uint8Array {
  let at = 0;
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const range = [at, (at += data.byteLength)];
    return [name, { dtype: data instanceof Float64Array ? "F64" : "F32", shape, data_offsets: range }] as const;
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...Object.values(tensors).map(({ data }) => Buffer.from(data.buffer))]);
}

/** A seed that none of the project's cases has. */
export const SEED = 4242;
/** Limits of cases made here. */
export const tolerance = { maxAbs: 2e-5, relL2: 2e-5 };

/** All of the case holds, and it is of this kind. */
export function expectPassed({ kind, problem, comparisons }: CaseReport, title: string): void {
  expect(problem).toBeUndefined();
  expect(kind).toBe(title);
  expect(comparisons.length).toBeGreaterThan(0);
  expect(misses(comparisons)).toEqual([]);
}

/** An input by its formula. */
export const random = (name: string, shape: readonly number[], amp: number, offset = 0): Numbers => ({
  shape,
  data: formula(`input:${name}`, { shape, amp, offset }, SEED),
});
/** As a case stores it. */
export const float32 = ({ shape, data }: { shape: readonly number[]; data: ArrayLike<number> }): Numbers => ({
  shape,
  data: Float32Array.from(data),
});
