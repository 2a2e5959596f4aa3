/** Checkpoints: one safetensors file with the whole state, written beside and renamed, so that a kill loses nothing older. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { FoleyError, type PlainTensor } from "@foley-control/core";
import { reasonOf } from "@foley-control/files/node";
import { openSafetensors, writeSafetensorsFile } from "@foley-control/weights/node";
import type { Trainer } from "../trainer.js";

/** File name of the checkpoint in the folder of a run. */
export const CHECKPOINT_FILE = "checkpoint.safetensors";

/**
 * Saves a trainer. `fingerprint` names the configuration; a checkpoint of another one is refused on resume.
 *
 * @throws FoleyError `not-writable`, a full disk for instance; the checkpoint before is as it was
 */
export async function saveCheckpoint(directory: string, trainer: Trainer, fingerprint: string): Promise<void> {
  const path = join(directory, CHECKPOINT_FILE);
  const state = await trainer.state();
  try {
    await writeSafetensorsFile(path, state, { step: String(trainer.step), fingerprint }, { makeFolder: true });
  } catch (cause) {
    if (!FoleyError.isInstance(cause) || cause.code !== "not-writable") throw cause;
    const before = await openSafetensors(path).catch(() => undefined);
    const megabytes = Object.values(state).reduce((bytes, { data }) => bytes + data.byteLength, 0) / 1e6;
    throw new FoleyError(
      "not-writable",
      `The checkpoint of step ${trainer.step} cannot be written to ${path}: ${reasonOf(cause.cause)}. ` +
        (before ? `The one of step ${before.metadata["step"]} stays.` : "There is none yet."),
      {
        hint: `See that the folder can be written and that ${megabytes.toFixed(megabytes < 10 ? 1 : 0)} MB are free; then the same command goes on${before ? " from there" : ""}.`,
        cause,
      },
    );
  }
}

/** Restores a trainer when there is a checkpoint; returns whether there was one. */
export async function restoreCheckpoint(directory: string, trainer: Trainer, fingerprint: string): Promise<boolean> {
  const path = join(directory, CHECKPOINT_FILE);
  if (!existsSync(path)) return false;
  const { tensors, metadata } = await readTensors(path);
  if (metadata.fingerprint !== fingerprint) {
    throw new FoleyError("bad-weights", `The checkpoint ${path} belongs to another configuration.`, {
      hint: `${difference(metadata.fingerprint ?? "", fingerprint)} Use another folder or delete it.`,
    });
  }
  trainer.restore(Number(metadata.step), tensors);
  return true;
}

/** What differs between two fingerprints: entry by entry where both are JSON objects. */
function difference(made: string, wanted: string): string {
  const [before, now] = [made, wanted].map(entries);
  if (!before || !now) return `It was made with ${made}, this run has ${wanted}.`;
  const keys = [...new Set([...before.keys(), ...now.keys()])].filter((key) => before.get(key) !== now.get(key));
  const said = keys.map((key) => `${key} ${before.get(key) ?? "unset"}, this run has ${now.get(key) ?? "unset"}`);
  return `It was made with ${said.join("; ")}.`;
}

/** Leaves of a JSON object by path; nothing for any other text. */
function entries(text: string): Map<string, string> | undefined {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof root !== "object" || root === null) return undefined;
  const leaves = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) leaves.set(path, JSON.stringify(value));
    else for (const [key, child] of Object.entries(value)) visit(child, path ? `${path}.${key}` : key);
  };
  visit(root, "");
  return leaves;
}

/** Every tensor of a safetensors file as float32. */
export async function readTensors(
  path: string,
): Promise<{ readonly tensors: Record<string, PlainTensor<"float32">>; readonly metadata: Readonly<Record<string, string>> }> {
  const file = await openSafetensors(path);
  const tensors: Record<string, PlainTensor<"float32">> = {};
  for (const name of file.names()) {
    const tensor = await file.read(name);
    if (tensor.dtype !== "float32")
      throw new FoleyError("bad-weights", `${path}: "${name}" is ${tensor.dtype}, float32 was expected.`);
    tensors[name] = tensor as PlainTensor<"float32">;
  }
  return { tensors, metadata: file.metadata };
}
