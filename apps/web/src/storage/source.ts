/** Telling a video from others without reading all of it: name, size, and a digest of size, first and last MiB. */
import type { SourceReference } from "../document/document.js";
import { megabytes } from "../strings/numbers.js";
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import { sha256Hex } from "./sha256.js";

const MIB = 1 << 20;

/** SHA-256 of size, first and last MiB, hexadecimal. */
export async function digestOfSource(file: Blob): Promise<string> {
  const size = new DataView(new ArrayBuffer(8));
  size.setBigUint64(0, BigInt(file.size), true);
  const ends = new Blob([size.buffer, file.slice(0, MIB), file.slice(Math.max(0, file.size - MIB))]);
  return sha256Hex(await ends.arrayBuffer());
}

/** Whether a file is the video of a project; its name may have changed. @throws FoleyError a sentence that names both when it is another */
export async function assertSameSource(source: SourceReference, file: File): Promise<void> {
  if (file.size === source.size && (await digestOfSource(file)) === source.digest) return;
  throw new ToldError(
    "invalid-argument",
    text("storage.otherVideo", { given: file.name, expected: source.name, size: megabytes(source.size) }),
    { hint: text("storage.otherVideoHint") },
  );
}
