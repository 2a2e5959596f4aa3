/** Writing a safetensors file so that a reader sees the old one or the new one, never half of it. */
import { assertKind } from "@foley-control/core";
import { type WriteFileOptions, writeFileAtomically } from "@foley-control/files/node";
import { type NamedTensors, safetensorsPieces } from "../write.js";

/**
 * Writes a safetensors file whole or not at all, as `writeFileAtomically` of `@foley-control/files` does.
 *
 * @param path - the file; an existing one is replaced
 * @param tensors - tensors by name
 * @param metadata - strings for `__metadata__`
 * @throws FoleyError `not-writable` when the folder does not exist or refuses
 */
export async function writeSafetensorsFile(
  path: string,
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
  options: WriteFileOptions = {},
): Promise<void> {
  assertKind("path", path, "text", "Pass the path first, then the tensors.");
  const pieces = safetensorsPieces(tensors, metadata);
  await writeFileAtomically(
    path,
    async (writer) => {
      for (const piece of pieces) await writer.write(piece);
    },
    options,
  );
}
