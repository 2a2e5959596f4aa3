/** What files of weights say of themselves, from their headers alone, and whether their numbers are numbers. */
import { elementCount, FoleyError, type ProgressListener } from "@foley-control/core";
import { assertNoNaN } from "../check.js";
import { type CheckpointFormat, checkpointFormat } from "../checkpoint.js";
import type { TensorEntry } from "../entry.js";
import { withFile } from "../node/file-reader.js";
import { openSafetensors } from "../node/open.js";
import { openCheckpoint } from "../node/open-checkpoint.js";
import { openPytorch } from "../node/open-pytorch.js";
import type { TensorFile } from "../node/tensor-file.js";

/** A group of parameters. */
export interface WeightsPart {
  /** Name for people, or what the names of its parameters begin with. */
  readonly name: string;
  /** Tensors. */
  readonly tensors: number;
  /** Elements. */
  readonly parameters: number;
  /** Bytes. */
  readonly bytes: number;
  /** Element types as stored, for example `["F32"]`. */
  readonly precision: readonly string[];
}

/** A file of weights. */
export interface WeightsSummary {
  /** What the file turned out to be. */
  readonly format: CheckpointFormat;
  /** All of it. */
  readonly total: WeightsPart;
  /** Its parts, in file order. */
  readonly parts: readonly WeightsPart[];
  /** What its writer noted; only safetensors files have such notes. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Counts the parameters of a file by part. No weight is read.
 *
 * @param path - a safetensors file, an index of several, or a PyTorch checkpoint
 * @param parts - prefixes of names → the part that they belong to; names under none are grouped by what stands before their first dot
 * @throws FoleyError `bad-file` or `unsupported` for a file that cannot be read
 * @example
 * ```ts
 * const { total } = await summariseWeights("model.safetensors", { "encoder.": "encoder" });
 * total.parameters; // 325971328
 * ```
 */
export async function summariseWeights(path: string, parts: Readonly<Record<string, string>> = {}): Promise<WeightsSummary> {
  const format = await withFile(path, checkpointFormat);
  const groups = new Map<string, TensorEntry[]>();
  const all: TensorEntry[] = [];
  for (const { prefix, file } of await tensorFiles(path, format)) {
    for (const entry of file.entries.values()) {
      const whole = prefix + entry.name;
      const known = Object.keys(parts).find((each) => whole.startsWith(each) || entry.name.startsWith(each));
      const part = known === undefined ? (whole.split(".")[0] as string) : (parts[known] as string);
      const group = groups.get(part);
      if (group === undefined) groups.set(part, [entry]);
      else group.push(entry);
      all.push(entry);
    }
  }
  const metadata = format === "safetensors" ? (await openSafetensors(path)).metadata : {};
  return { format, total: count("all", all), parts: [...groups].map(([name, entries]) => count(name, entries)), metadata };
}

/**
 * Reads every weight of a file and looks for NaN.
 *
 * @param path - as {@link summariseWeights}
 * @throws FoleyError `bad-weights` naming the first parameter that holds one, and the place
 */
export async function checkWeights(
  path: string,
  options: { readonly signal?: AbortSignal | undefined; readonly onProgress?: ProgressListener | undefined } = {},
): Promise<void> {
  const files = await tensorFiles(path, await withFile(path, checkpointFormat));
  const entries = files.flatMap(({ prefix, file }) => [...file.entries.values()].map((entry) => ({ prefix, file, entry })));
  const total = entries.reduce((sum, { entry }) => sum + entry.length, 0);
  let done = 0;
  for (const { prefix, file, entry } of entries) {
    options.signal?.throwIfAborted();
    assertNoNaN(prefix + entry.name, await file.read(entry.name));
    done += entry.length;
    options.onProgress?.({ type: "read-progress", part: path, done, total });
  }
}

/** Everything that a file holds: one run of tensors, or one per dictionary of a PyTorch checkpoint. */
async function tensorFiles(
  path: string,
  format: CheckpointFormat,
): Promise<readonly { readonly prefix: string; readonly file: TensorFile }[]> {
  if (format !== "pytorch") return [{ prefix: "", file: await openCheckpoint(path) }];
  const checkpoint = await openPytorch(path);
  const groups = checkpoint.groups();
  if (groups.length === 0) throw new FoleyError("bad-weights", `${path} holds no tensors under names.`);
  return Promise.all(
    groups.map(async ({ path: at }) => ({
      prefix: at.map((key) => `${key}.`).join(""),
      file: await checkpoint.tensors({ at }),
    })),
  );
}

function count(name: string, entries: readonly TensorEntry[]): WeightsPart {
  return {
    name,
    tensors: entries.length,
    parameters: entries.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    bytes: entries.reduce((sum, { length }) => sum + length, 0),
    precision: [...new Set(entries.map(({ dtype }) => dtype))],
  };
}
