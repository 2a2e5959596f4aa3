/**
 * Lays out the project's own golden cases as they came: the models' weights are made by a formula and need not lie in the
 * repository, checkpoints in their own containers lie with the tests of the package that reads them.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PlainTensor } from "@foley-control/core";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { type Formula, formula, type Listed } from "./case.js";

/** A model's weights as a table: each entry a formula, or its values. */
const MODEL_TABLE = "model.formula.json";

const here = dirname(fileURLToPath(import.meta.url));

/** Writes the cases below `target`; a folder that is there already is replaced. */
export async function assembleCases(target: string): Promise<void> {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  cpSync(join(here, "fixtures"), target, { recursive: true });
  for (const [cases, name] of [
    ["vjepa2", "video-encoder"],
    ["metrics", "metrics"],
  ] as const) {
    const checkpoints = join(here, `../packages/${name}/fixtures`);
    for (const file of readdirSync(checkpoints, { recursive: true, encoding: "utf8" }).filter((one) => /\.pth?$/.test(one)))
      cpSync(join(checkpoints, file), join(target, cases, file));
  }
  cpSync(join(here, "../packages/weights/fixtures/torch-files"), join(target, "metrics/torch-files"), { recursive: true });
  for (const name of readdirSync(target, { recursive: true, encoding: "utf8" })) {
    if (basename(name) !== MODEL_TABLE) continue;
    const folder = join(target, dirname(name));
    const table = JSON.parse(readFileSync(join(target, name), "utf8")) as Record<string, Formula | Listed>;
    const tensors: Record<string, PlainTensor<"float32">> = {};
    for (const [key, entry] of Object.entries(table)) {
      const data = "values" in entry ? Float32Array.from(entry.values) : formula(key, entry, 1);
      tensors[key] = { dtype: "float32", shape: entry.shape, data };
    }
    await writeSafetensorsFile(join(folder, "model.safetensors"), tensors);
    rmSync(join(target, name));
  }
  if (!existsSync(join(target, "sao"))) throw new Error("parity/fixtures has no cases.");
}
