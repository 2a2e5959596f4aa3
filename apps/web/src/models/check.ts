/** Looking at a model's files without trusting their names: what they hold, how large they are, their digests. Loaded when it is asked for. */
import { loadMini } from "@foley-control/mini";
import type { ModelFiles } from "../engine/engine.js";
import { sha256Hex } from "../storage/sha256.js";

/** Parts in the order in which they are shown. */
export const PARTS = ["backbone", "encoder", "bridge"] as const;

/** One part of a model. */
export type Part = (typeof PARTS)[number];

/** What is known of one file. */
export interface CheckedFile {
  readonly part: Part;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
  /** Whether it is the file that the bridge was made for; `undefined` for the bridge itself. */
  readonly fits: boolean | undefined;
}

/**
 * Reads all files of a small model and opens it; what does not fit together throws a FoleyError that says what. Of a model that others released the
 * headers are read, and there is no list: nobody waits for the digests of gigabytes.
 */
export async function checkModel(files: ModelFiles): Promise<readonly CheckedFile[]> {
  if ("released" in files) {
    await (await import("../engine/released.js")).openReleased(files);
    return [];
  }
  const bytes = Object.fromEntries(await Promise.all(PARTS.map(async (part) => [part, await bytesOf(files[part])] as const)));
  const read = bytes as Record<Part, Uint8Array<ArrayBuffer>>;
  const { card } = await loadMini(read);
  return Promise.all(
    PARTS.map(async (part) => {
      const digest = await sha256Hex(read[part]);
      const fits = part === "bridge" ? undefined : card.digests[part] === digest;
      return { part, bytes: read[part].byteLength, digest, fits };
    }),
  );
}

async function bytesOf(file: URL | Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  if (file instanceof Uint8Array) return file as Uint8Array<ArrayBuffer>;
  const response = await fetch(file);
  if (!response.ok) throw new Error(`${file.pathname.split("/").at(-1)}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
