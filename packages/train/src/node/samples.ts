/** Sounds made in the middle of a training, written beside its log and scored. */
import { join } from "node:path";
import type { PlainTensor } from "@foley-control/core";
import { writeFileAtomically } from "@foley-control/files/node";
import { encodeWav } from "@foley-control/media/node";
import { matchOnsets } from "@foley-control/signal";
import type { SampleLine, SamplesLine } from "../log/lines.js";
import { soundOnsets, syncScore } from "../log/sync-score.js";

/** What a maker of samples is told. */
export interface SampleRequest {
  /** Steps done. */
  readonly step: number;
  /** What is trained, as the moving average of the weights has it. */
  readonly parameters: Readonly<Record<string, PlainTensor<"float32">>>;
  /** Stops between clips. */
  readonly signal?: AbortSignal | undefined;
}

/** One sound. */
export interface TrainingSample {
  /** Names the clip, the same at every step. */
  readonly name: string;
  /** What was asked for. */
  readonly prompt: string;
  /** Samples per channel in −1..1. */
  readonly channels: readonly Float32Array[];
  /** Hz. */
  readonly sampleRate: number;
  /** When things happen in the clip, seconds; left out where it is not known or nothing happens at one moment. */
  readonly truth?: readonly number[] | undefined;
}

/** Makes sounds for held-out clips, always the same clips with the same seeds. */
export type MakeSamples = (request: SampleRequest) => Promise<readonly TrainingSample[]>;

/** Folder of the sounds in the folder of a run. */
export const SAMPLES_FOLDER = "samples";

/**
 * Writes sounds as `samples/STEP/NAME.wav` (16 bits) and scores their onsets.
 *
 * @returns the line of `samples.jsonl`, without its seconds
 * @throws FoleyError `not-writable`
 */
export async function writeSamples(
  directory: string,
  step: number,
  samples: readonly TrainingSample[],
): Promise<Omit<SamplesLine, "seconds">> {
  const folder = join(SAMPLES_FOLDER, `step-${String(step).padStart(7, "0")}`);
  const clips: SampleLine[] = [];
  for (const [index, { name, prompt, channels, sampleRate, truth }] of samples.entries()) {
    const file = join(folder, `${String(index).padStart(2, "0")}-${fileName(name)}.wav`);
    await writeFileAtomically(join(directory, file), encodeWav({ channels, sampleRate }), {
      makeFolder: true,
      hint: "Make room on the disk; the training is saved, and the same command goes on.",
    });
    const detected = soundOnsets(channels, sampleRate).map(thousandths);
    const f1 = (tolerance: number) => truth && thousandths(matchOnsets(detected, truth, tolerance).f1);
    clips.push({
      name,
      file: file.replaceAll("\\", "/"),
      prompt,
      duration: thousandths((channels[0]?.length ?? 0) / sampleRate),
      detected,
      ...(truth && { truth: truth.map(thousandths), f1At50: f1(0.05), f1At100: f1(0.1) }),
    });
  }
  const score = syncScore(clips.flatMap(({ detected, truth }) => (truth ? [{ detected, truth }] : [])));
  return {
    step,
    ...(score && {
      f1At50: thousandths(score.f1At50),
      f1At100: thousandths(score.f1At100),
      ...(score.f1At100Shuffled !== undefined && { f1At100Shuffled: thousandths(score.f1At100Shuffled) }),
      meanLag: Number.isFinite(score.meanLag) ? thousandths(score.meanLag) : null,
    }),
    clips,
  };
}

const thousandths = (value: number): number => Math.round(value * 1000) / 1000;

/** A name that every file system takes. */
const fileName = (name: string): string => name.replaceAll(/[^\w.-]+/g, "-").slice(0, 80) || "clip";
