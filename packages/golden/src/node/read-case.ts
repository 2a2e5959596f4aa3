/** Reads a case from its two files. */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CaseFile, GoldenCase, Input } from "../case.js";
import { type Formula, formula, seedOf } from "../formula.js";
import type { Numbers } from "../numbers.js";
import { synthesisedRows } from "../synth.js";
import { readSafetensors } from "./safetensors.js";

/** Reads a case; its numbers lie beside it under the same name. */
export function readCase(path: string): GoldenCase {
  const file = JSON.parse(readFileSync(path, "utf8")) as CaseFile;
  const tensors = path.replace(/\.json$/, ".safetensors");
  const stored = existsSync(tensors) ? readSafetensors(tensors) : undefined;
  const read = (key: string): Numbers => {
    const found = stored?.get(key);
    if (!found) throw new Error(`${basename(tensors)} has no tensor "${key}".`);
    return found;
  };
  return {
    name: file.case,
    folder: dirname(path),
    file,
    names: stored?.names ?? [],
    stored: read,
    has: (key) => stored?.names.includes(key) ?? false,
    input(name) {
      const entry = file.inputs[name];
      if (!entry) throw new Error(`The case has no input "${name}".`);
      return checked(name, entry, inputOf(name, entry, file, read));
    },
  };
}

function inputOf(name: string, entry: Input, file: CaseFile, read: (key: string) => Numbers): Numbers {
  const { shape, stored, synth, amp, offset = 0 } = entry;
  if (stored !== undefined) return read(stored);
  if (synth !== undefined) return { shape, data: synthesisedRows([synth].flat(), scaleOf(name, entry)) };
  if (amp === undefined) return read(`in.${name}`);
  const made: Formula = { shape, amp, offset };
  return { shape, data: formula(entry.name ?? `input:${name}`, made, seedOf(name, entry, file)) };
}

function scaleOf(name: string, { scale = "int16/32768" }: Input): number {
  const divisor = Number(/^int16\/(\d+)/.exec(scale)?.[1]);
  if (!(divisor > 0)) throw new Error(`The input "${name}" has a scale that is not read: "${scale}".`);
  return divisor;
}

/** The numbers, once they begin and end as the case says. */
function checked(name: string, { firstValues = [], lastValue }: Input, made: Numbers): Numbers {
  const wrong = firstValues.some((value, i) => made.data[i] !== value);
  if (wrong || (lastValue !== undefined && made.data.at(-1) !== lastValue))
    throw new Error(
      `The input "${name}" begins with ${made.data.slice(0, firstValues.length).join(", ")}; the case says otherwise.`,
    );
  return made;
}

/** Path of a checkpoint or folder that a case names, relative to the case. */
export function besideCase(golden: GoldenCase, name: string): string {
  const path = join(golden.folder, name);
  if (!existsSync(path)) throw new Error(`The case needs ${name} beside it, and it is not there.`);
  return path;
}
