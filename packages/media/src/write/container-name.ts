/** Containers by name; apart from what writes them, which a page loads when it writes. */
import { FoleyError } from "@foley-control/core";

/** A container that can be written. */
export type VideoContainer = "mp4" | "mov" | "webm" | "mkv";

const extensions: Readonly<Record<string, VideoContainer>> = {
  mp4: "mp4",
  m4v: "mp4",
  mov: "mov",
  qt: "mov",
  webm: "webm",
  mkv: "mkv",
};

const extensionOf = (path: string): string => /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";

/** The container that a file name says; `undefined` for another extension, or none. */
export function containerOf(path: string): VideoContainer | undefined {
  const extension = extensionOf(path);
  return Object.hasOwn(extensions, extension) ? extensions[extension] : undefined;
}

/** The container that a file name asks for. @throws FoleyError `unsupported` for another extension. */
export function containerFromPath(path: string): VideoContainer {
  const extension = extensionOf(path);
  const container = containerOf(path);
  if (!container) {
    const end = extension ? `".${extension}"` : "no extension";
    throw new FoleyError("unsupported", `"${path}" ends in ${end}; .mp4, .mov, .webm or .mkv was expected.`, {
      hint: "Rename the output.",
    });
  }
  return container;
}
