/** Everything that a clip needs, before there is one: the engine, the networks, and what writes files. */
import { sampledSeconds } from "@foley-control/audio-backbone";
import type { ProgressListener } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import type { FoleyHost, FoleyParts } from "../parts.js";
import type { Take } from "../take.js";
import type { Executables } from "./executables.js";
import { loadAhead } from "./pieces.js";

/** Options of `Foley.prepare`. */
export interface PrepareOptions {
  /** Length of the clips to come, seconds; what depends on it is loaded too. Default: the shortest that the backbone makes. */
  readonly seconds?: number | undefined;
  /** Hears `prepare-progress`: which part goes on, and the share of everything that is done, from 0 to 1. */
  readonly onProgress?: ProgressListener | undefined;
}

/** Hundredths of the whole, about as their times on a fast line. */
const SHARES = { engine: 70, networks: 20, encoders: 10 } as const;

/** Of the engine's share, what is done when its code has come; the rest is its start. */
const DOWNLOADED = 0.8;

/** Prepares, see `Foley.prepare`. */
export async function prepare<Source, M extends MediaFile, T extends Take>(
  parts: FoleyParts,
  host: FoleyHost<Source, M, T>,
  executables: Executables,
  { seconds = 0, onProgress }: PrepareOptions,
): Promise<void> {
  const done = { engine: 0, networks: 0, encoders: 0 };
  const report = (part: keyof typeof done, share: number): void => {
    done[part] = Math.max(done[part], share); // an engine that is started twice is downloaded twice
    const hundredths = (Object.keys(SHARES) as (keyof typeof SHARES)[]).reduce((sum, name) => sum + SHARES[name] * done[name], 0);
    onProgress?.({ type: "prepare-progress", part, fraction: hundredths / 100 });
  };
  report("engine", 0);
  host.onEngine?.((share) => report("engine", DOWNLOADED * Math.min(share, 1)));
  try {
    const encoders = Promise.resolve(host.loadEncoders?.()).then(() => report("encoders", 1));
    encoders.catch(() => undefined); // awaited below
    await host.runtime.capabilities();
    report("engine", 1);
    await loadAhead(executables, parts, sampledSeconds(parts.backbone, seconds), {
      onLoaded: (share) => report("networks", share),
    });
    await encoders;
  } finally {
    host.onEngine?.(() => undefined);
  }
}
