/** Which weights a pipeline has: what was trained further makes other sounds. */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { FoleyParts } from "@foley-control/pipeline/node";

/** Files of the weights in use, with size and age. */
export async function weightFiles(parts: FoleyParts): Promise<readonly string[]> {
  const { backbone, encoder, beside = [], bridge } = parts;
  const paths = new Set<string>();
  for (const network of [backbone, backbone.text, backbone.denoiser, backbone.codec, encoder, ...beside, bridge])
    for (const name of network?.weights.names() ?? []) {
      const bytes = network?.weights.get(name)?.bytes;
      if (bytes?.kind === "file") paths.add(bytes.path);
    }
  const files: string[] = [];
  for (const path of [...paths].sort()) {
    const { size, mtimeMs } = await stat(path);
    files.push(`${basename(path)} ${size} ${Math.trunc(mtimeMs)}`);
  }
  return files;
}
