/** Features on disk, one small file per sound and network: an evaluation that was stopped goes on where it was. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlainTensor } from "@foley-control/core";
import { sha256, writeFileAtomically } from "@foley-control/files/node";
import { parseSafetensors, writeSafetensors } from "@foley-control/weights";
import type { FeatureCache } from "../evaluate/clips.js";
import type { NamedRows } from "../features/makers.js";
import type { Rows } from "../statistics/rows.js";

/** Names of features without rows, which a file of tensors cannot hold. */
const EMPTY = "empty";
/** Digest of the numbers. */
const DIGEST = "sha256";

/**
 * A cache in a folder, which is made when the first features are kept. A file is named by digests of what made it and of what it was made
 * of; it appears whole or not at all. It is not flushed to the disk, which would cost more than many features do: a digest of the numbers
 * tells what a loss of power left, and what cannot be read is made again.
 */
export function folderFeatureCache(folder: string): FeatureCache {
  const pathOf = (id: string, digest: string) => join(folder, `${sha256(id).slice(0, 16)}-${sha256(digest)}.safetensors`);
  return {
    async get(id, digest) {
      try {
        return readFeatures(await readFile(pathOf(id, digest)), id);
      } catch {
        return undefined;
      }
    },
    async set(id, digest, features) {
      const rows = Object.entries(features);
      const tensors = Object.fromEntries(
        rows
          .filter(([, { count }]) => count > 0)
          .map(([name, { count, width, data }]): [string, PlainTensor] => [
            name,
            { dtype: "float32", shape: [count, width], data: Float32Array.from(data) },
          ]),
      );
      const empty = JSON.stringify(rows.filter(([, { count }]) => count === 0).map(([name, { width }]) => [name, width]));
      const bytes = writeSafetensors(tensors, { id, [EMPTY]: empty, [DIGEST]: numbersDigest(tensors) });
      await writeFileAtomically(pathOf(id, digest), bytes, {
        makeFolder: true,
        flush: false,
        hint: "Choose a folder for features that may be written to.",
      });
    },
  };
}

/** SHA-256 of the numbers in the order of their names. */
function numbersDigest(tensors: Readonly<Record<string, PlainTensor>>): string {
  const sorted = Object.entries(tensors).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(
    ...sorted.map(([, { data }]) => {
      const { buffer, byteOffset, byteLength } = data as Float32Array;
      return new Uint8Array(buffer, byteOffset, byteLength);
    }),
  );
}

function readFeatures(bytes: Uint8Array, id: string): NamedRows | undefined {
  const file = parseSafetensors(bytes, { label: "Cached features" });
  if (file.metadata["id"] !== id) return undefined;
  const tensors = Object.fromEntries(file.names().map((name) => [name, file.tensor(name) as PlainTensor<"float32">]));
  if (file.metadata[DIGEST] !== numbersDigest(tensors)) return undefined;
  const features: Record<string, Rows> = {};
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const [count, width] = shape as [number, number];
    // A copy: what is kept must not hold on to the file.
    features[name] = { count, width, data: Float32Array.from(data) };
  }
  for (const [name, width] of JSON.parse(file.metadata[EMPTY] ?? "[]") as [string, number][])
    features[name] = { count: 0, width, data: new Float32Array(0) };
  return features;
}
