/** An untrained small model as files, for tests of what reads such files. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parameterTensor, type StoredParameter } from "@foley-control/core";
import { digestFile } from "@foley-control/files/node";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { MINI_FILES } from "../files.js";
import { type UntrainedOptions, untrainedSources } from "../untrained.js";

/** Writes the three files of an untrained model into a folder, which is made when it is missing. */
export async function writeUntrainedMini(directory: string, options: UntrainedOptions = {}): Promise<void> {
  await mkdir(directory, { recursive: true });
  const sources = untrainedSources(options);
  const digests: Record<string, string> = {};
  for (const part of ["backbone", "encoder", "bridge"] as const) {
    const source = sources[part];
    const path = join(directory, MINI_FILES[part]);
    const tensors = source.names().map((name) => [name, parameterTensor(name, source.get(name) as StoredParameter)] as const);
    await writeSafetensorsFile(path, tensors, {
      ...source.metadata,
      ...(part === "bridge" ? { digests: JSON.stringify(digests) } : {}),
    });
    digests[part] = await digestFile(path);
  }
}
