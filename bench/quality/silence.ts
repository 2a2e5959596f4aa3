/** Whether motion that makes no sound stays silent. */
import type { HeardTrial } from "./hearing.js";
import { CONDITIONS } from "./trials.js";

/**
 * A clip is silent when the root mean square of the whole of it is below this, dB relative to full scale. The rendered scenes have a room's
 * noise of −65 to −52 dB, with single samples up to about −35 dB: a limit on the peak would call the truth loud.
 */
export const SILENT_DB = -50;

/** Loudness of scenes that make no sound. */
export interface SilenceRow {
  readonly of: string;
  readonly clips: number;
  /** Share below {@link SILENT_DB}. */
  readonly silent: number;
  /** RMS, dBFS. */
  readonly medianDb: number;
  readonly loudestDb: number;
}

/** One row per condition. */
export function silenceRows(all: readonly HeardTrial[]): SilenceRow[] {
  return CONDITIONS.flatMap((condition) => {
    const levels = all
      .filter(({ trial }) => trial.part === "silent" && trial.condition === condition)
      .map(({ heard }) => heard.level)
      .sort((a, b) => a - b);
    if (levels.length === 0) return [];
    return [
      {
        of: condition,
        clips: levels.length,
        silent: levels.filter((level) => level < SILENT_DB).length / levels.length,
        medianDb: levels[levels.length >> 1] as number,
        loudestDb: levels[levels.length - 1] as number,
      },
    ];
  });
}
