/** The small model from bytes or addresses, anywhere. */
import type { ProgressEvent, ProgressListener } from "@foley-control/core";
import { parseSafetensors } from "@foley-control/weights";
import { type LoadSafetensorsOptions, loadSafetensors } from "@foley-control/weights/web";
import { MINI_FILES, type MiniModel, type MiniPart, miniFromSources } from "./files.js";

/** Where the files of a small model are: a folder's address, or the address or the bytes of each file. */
export type MiniLocation = string | URL | Readonly<Record<MiniPart, string | URL | Uint8Array>>;

/** Options of {@link loadMini}; `read-progress` names the file. */
export type LoadMiniOptions = LoadSafetensorsOptions;

/**
 * Loads the small model into memory.
 *
 * @param location - address of the folder that holds the files of {@link MINI_FILES} (a slash at its end may be left out),
 * or the address or the bytes of each, as `miniWeights` of `@foley-control/mini/weights`.
 * @throws FoleyError `bad-file` when a file cannot be had or is damaged; `bad-weights` when the files do not fit together.
 * @example
 * const mini = await loadMini(new URL("/models/mini/", location.href));
 */
export async function loadMini(location: MiniLocation, options: LoadMiniOptions = {}): Promise<MiniModel> {
  const parts = Object.keys(MINI_FILES) as MiniPart[];
  const entries = await Promise.all(
    parts.map(async (part) => {
      const label = MINI_FILES[part];
      const place = typeof location === "string" || location instanceof URL ? folderOf(location) + label : location[part];
      if (place instanceof Uint8Array) return [part, parseSafetensors(place, { label })] as const;
      const onProgress: ProgressListener = (event) => options.onProgress?.({ ...event, part: label } as ProgressEvent);
      return [part, await loadSafetensors(place, { ...options, onProgress })] as const;
    }),
  );
  return miniFromSources(Object.fromEntries(entries) as Record<MiniPart, ReturnType<typeof parseSafetensors>>);
}

function folderOf(location: string | URL): string {
  const text = String(location);
  return text.endsWith("/") ? text : `${text}/`;
}
