/** What a case's model is shaped like: the project's own reading of a release's configuration. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readStableAudioConfig, type StableAudioConfig } from "@foley-control/audio-backbone";

/** Reads `model_config.json` of a folder. */
export const readModelConfig = (folder: string): StableAudioConfig =>
  readStableAudioConfig(JSON.parse(readFileSync(join(folder, "model_config.json"), "utf8")));
