/** Features on disk, one small file per sound and network: an evaluation that was stopped goes on where it was. */
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { FoleyError, type PlainTensor } from "@foley-control/core";
import { parseSafetensors } from "@foley-control/weights";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import type { FeatureCache } from "../evaluate/evaluate.js";
import type { NamedRows } from "../evaluate/sound-features.js";
import type { Rows } from "../statistics/rows.js";

/** Names of features without rows, which a file of tensors cannot hold. */
const EMPTY = "empty";

/**
 * A cache in a folder, which is made when the first features are kept. A file is named by digests of what made it and of what it was made
 * of; it appears whole or not at all, and one that cannot be read is made again.
 */
export function folderFeatureCache(folder: string): FeatureCache {
  const pathOf = (id: string, digest: string) => join(folder, `${sha256(id).slice(0, 16)}-${sha256(digest)}.safetensors`);
  return {
    async get(id, digest) {
      let bytes: Uint8Array;
      try {
        bytes = await readFile(pathOf(id, digest));
      } catch {
        return undefined;
      }
      try {
        return readFeatures(bytes, id);
      } catch {
        return undefined;
      }
    },
    async set(id, digest, features) {
      try {
        await mkdir(folder, { recursive: true });
      } catch (cause) {
        throw new FoleyError("not-writable", `The folder for features ${folder} cannot be made.`, {
          hint: "Choose a folder that may be written to.",
          cause,
        });
      }
      const rows = Object.entries(features);
      const tensors = rows
        .filter(([, { count }]) => count > 0)
        .map(([name, { count, width, data }]): readonly [string, PlainTensor] => [
          name,
          { dtype: "float32", shape: [count, width], data: Float32Array.from(data) },
        ]);
      const empty = JSON.stringify(rows.filter(([, { count }]) => count === 0).map(([name, { width }]) => [name, width]));
      await writeSafetensorsFile(pathOf(id, digest), tensors, { id, [EMPTY]: empty });
    },
  };
}

function readFeatures(bytes: Uint8Array, id: string): NamedRows | undefined {
  const file = parseSafetensors(bytes, { label: "Cached features" });
  if (file.metadata["id"] !== id) return undefined;
  const features: Record<string, Rows> = {};
  for (const name of file.names()) {
    const { shape, data } = file.tensor(name) as PlainTensor<"float32">;
    const [count, width] = shape as [number, number];
    // A copy: what is kept must not hold on to the file.
    features[name] = { count, width, data: Float32Array.from(data) };
  }
  for (const [name, width] of JSON.parse(file.metadata[EMPTY] ?? "[]") as [string, number][])
    features[name] = { count: 0, width, data: new Float32Array(0) };
  return features;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
