/**
 * Lays out the project's own golden cases as they came: the models' weights are made by a formula and lie in the repository as
 * tables only.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { goldenPath, MODEL_TABLE, type ModelTable } from "./cases.js";
import { writeFormulaWeights } from "./safetensors.js";

/** Writes the cases below `target`; a folder that is there already is replaced. */
export async function assembleCases(target: string): Promise<void> {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  cpSync(goldenPath("."), target, { recursive: true });
  for (const name of readdirSync(target, { recursive: true, encoding: "utf8" })) {
    if (basename(name) !== MODEL_TABLE) continue;
    const table = JSON.parse(readFileSync(join(target, name), "utf8")) as ModelTable;
    await writeFormulaWeights(join(target, dirname(name), "model.safetensors"), table.weights, table);
    rmSync(join(target, name));
  }
}
