/** Stretches of files of weights, for their digests. */
import { open } from "node:fs/promises";
import type { ReadWeights } from "../kept/digest.js";

/** Reads them; the file is open meanwhile. */
export const readWeights: ReadWeights = async (path, stretches) => {
  const file = await open(path);
  try {
    const parts: Uint8Array[] = [];
    for (const [at, length] of stretches) {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, at);
      parts.push(bytes.subarray(0, bytesRead));
    }
    return parts;
  } finally {
    await file.close();
  }
};
