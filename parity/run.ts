/** Walks folders for cases, checks each, and says how large the differences are beside what is allowed. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Comparison, GoldenCase } from "@foley-control/golden";
import { readCase } from "@foley-control/golden/node";
import { kinds } from "./kinds.js";

/** Outcome of one case. */
export interface CaseReport {
  /** Name of the case. */
  readonly name: string;
  /** Its file. */
  readonly path: string;
  /** What it proves; absent when no kind fits. */
  readonly kind?: string;
  /** Every output. */
  readonly comparisons: readonly Comparison[];
  /** Why it could not be run. */
  readonly problem?: string;
  /** Whether all outputs are within their limits. */
  readonly passed: boolean;
  /** Seconds it took. */
  readonly seconds: number;
}

/** JSON files of folders, at any depth, that are cases: those with a field `case`. */
export function findCases(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => {
    if (statSync(folder).isFile()) return [folder];
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
    return names.map((name) => join(folder, name)).filter((path) => path.endsWith(".json") && isCase(path));
  });
}

function isCase(path: string): boolean {
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as { readonly case?: unknown };
    return typeof found.case === "string";
  } catch {
    return false;
  }
}

/** Checks one case; what goes wrong is part of the report. */
export async function checkCase(path: string): Promise<CaseReport> {
  const begun = performance.now();
  const report = (rest: Pick<CaseReport, "comparisons" | "passed"> & Partial<CaseReport>): CaseReport => ({
    name: path,
    path,
    seconds: (performance.now() - begun) / 1000,
    ...rest,
  });
  let golden: GoldenCase;
  try {
    golden = readCase(path);
  } catch (error) {
    return report({ comparisons: [], passed: false, problem: `unreadable: ${messageOf(error)}` });
  }
  const { name } = golden;
  const kind = kinds.find((one) => one.matches(golden));
  if (!kind) return report({ name, comparisons: [], passed: false, problem: "a case of no known kind" });
  try {
    const comparisons = await kind.check(golden);
    const passed = comparisons.length > 0 && comparisons.every((one) => one.passed);
    return report({ name, kind: kind.title, comparisons, passed });
  } catch (error) {
    return report({ name, kind: kind.title, comparisons: [], passed: false, problem: messageOf(error) });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
