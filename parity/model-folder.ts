/** What a case's model is shaped like: the project's own reading of a release's configuration. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readStableAudioConfig, type StableAudioConfig } from "@foley-control/audio-backbone";
import type { GoldenCase } from "@foley-control/golden";

/** Reads `model_config.json` of a folder. */
export const readModelConfig = (folder: string): StableAudioConfig =>
  readStableAudioConfig(JSON.parse(readFileSync(join(folder, "model_config.json"), "utf8")));

/** What stands before a parameter's own name in the table of a case; empty when no name ends with it. */
export function prefixOf(weights: GoldenCase["file"]["weights"], ends: string): string {
  const name = typeof weights === "object" ? Object.keys(weights).find((one) => one.endsWith(ends)) : undefined;
  return name?.slice(0, -ends.length) ?? "";
}
