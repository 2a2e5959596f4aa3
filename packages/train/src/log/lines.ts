/**
 * What a training writes down, as JSON lines: `log.jsonl` has a line per step, `validation.jsonl` one per validation, `samples.jsonl` one per
 * round of samples. In each file every step comes once, in order, also after a kill and a resume.
 */

/** File names of the lines in the folder of a run. */
export const LOG_FILES = { steps: "log.jsonl", validations: "validation.jsonl", samples: "samples.jsonl" } as const;

/** One step. */
export interface StepLine {
  /** Steps done with this one, from 1. */
  readonly step: number;
  /** Loss of the batch before the step. */
  readonly loss: number;
  /** Global norm of the gradients before clipping. */
  readonly gradientNorm: number;
  /** Learning rate of the step. */
  readonly learningRate: number;
  /** How long the step took with waiting for its batch, seconds. */
  readonly stepSeconds: number;
  /** How much of that the batch was waited for. */
  readonly waitSeconds: number;
  /** Further scalar outputs of the graph; absent where there are none. */
  readonly scalars?: Readonly<Record<string, number>> | undefined;
}

/** Losses on held-out clips, with the moving average of the weights and with the weights as they are; `null` where not finite. */
export interface ValidationLine {
  /** Steps done before it; 0 is the start. */
  readonly step: number;
  /** Held-out clips. */
  readonly clips: number;
  /** How long it took. */
  readonly seconds: number;
  /** Times at which noise was added, in 0..1; empty for a loss without times. */
  readonly times: readonly number[];
  /** Loss per time, averaged weights; a single one without times. */
  readonly average: readonly (number | null)[];
  /** Loss per time, weights as they are. */
  readonly raw: readonly (number | null)[];
}

/** One clip of a round of samples. */
export interface SampleLine {
  /** Name of the clip. */
  readonly name: string;
  /** The sound, relative to the folder of the run. */
  readonly file: string;
  /** What was asked for. */
  readonly prompt: string;
  /** Length of the sound, seconds. */
  readonly duration: number;
  /** Onsets of the sound, seconds. */
  readonly detected: readonly number[];
  /** When things happen, seconds; absent where that is not known. */
  readonly truth?: readonly number[] | undefined;
  /** Onset F1 at ±50 ms. */
  readonly f1At50?: number | undefined;
  /** Onset F1 at ±100 ms. */
  readonly f1At100?: number | undefined;
}

/** Sounds made for held-out clips with the averaged weights, and how well they keep time: onset scores over all clips together. */
export interface SamplesLine {
  /** Steps done before them. */
  readonly step: number;
  /** How long it took to make them. */
  readonly seconds: number;
  /** Onset F1 at ±50 ms; absent where no clip has known times. */
  readonly f1At50?: number | undefined;
  /** Onset F1 at ±100 ms. */
  readonly f1At100?: number | undefined;
  /** The same against the times of the next clip: what chance gives. Needs two clips. */
  readonly f1At100Shuffled?: number | undefined;
  /** Mean of sound minus event over the pairs within ±100 ms, seconds; `null` without pairs. */
  readonly meanLag?: number | null | undefined;
  /** The clips. */
  readonly clips: readonly SampleLine[];
}

/**
 * Reads lines: what is torn or no line is left out, and of lines with the same step the last counts (logs of earlier versions repeat steps
 * after a resume).
 *
 * @param text - content of one of the files
 */
export function parseLines<Line extends { readonly step: number }>(text: string): Line[] {
  const lines: Line[] = [];
  for (const each of text.split("\n")) {
    const line = parseLine<Line>(each);
    if (!line) continue;
    while (lines.length > 0 && (lines.at(-1) as Line).step >= line.step) lines.pop();
    lines.push(line);
  }
  return lines;
}

/** A line, or nothing where it is torn or has no step. */
export function parseLine<Line extends { readonly step: number }>(text: string): Line | undefined {
  if (text === "") return undefined;
  try {
    const line = JSON.parse(text) as Line | null;
    return typeof line === "object" && line !== null && Number.isSafeInteger(line.step) && line.step >= 0 ? line : undefined;
  } catch {
    return undefined;
  }
}
