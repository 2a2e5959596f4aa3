/** The project's own cases, by name. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { GoldenCase } from "../case.js";
import type { Seeded, WeightTable } from "../formula.js";
import { readCase } from "./read-case.js";

/** A model's weights as a table, in place of the file. */
export const MODEL_TABLE = "model.formula.json";

/** What {@link MODEL_TABLE} says: the same two fields as a case. */
export interface ModelTable extends Seeded {
  /** Every tensor of the model. */
  readonly weights: WeightTable;
}

const fixtures = new URL("../../fixtures/", import.meta.url);

/** Path of a file or folder among the cases, for example `sao/sao-tiny/t5-tiny`. */
export function goldenPath(name: string): string {
  const path = fileURLToPath(new URL(name, fixtures));
  if (!existsSync(path)) throw new Error(`There is no golden file ${name}.`);
  return path;
}

/** A JSON file among the cases. */
export const goldenJson = <T>(name: string): T => JSON.parse(readFileSync(goldenPath(name), "utf8")) as T;

/** A case, for example `sao/sao-tiny-dit`. */
export const goldenCase = (name: string): GoldenCase => readCase(goldenPath(`${name}.json`));

/** The weights of a model among the cases as a table, for example those of `sao/sao-tiny`. */
export const goldenModel = (name: string): ModelTable => goldenJson<ModelTable>(`${name}/${MODEL_TABLE}`);
