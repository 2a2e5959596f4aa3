/** What the stages hear: scenes, and recordings where a folder of them is given. */
import { SMALL_CODEC } from "@foley-control/audio-backbone";
import { CAPTION_VOCABULARY } from "@foley-control/scenes";
import type { Recording } from "../../recordings/recording.js";
import { recordingVocabulary } from "../../recordings/words.js";
import { type SoundOf, soundSource, stretchSource } from "../../sound-of.js";
import { readRecordings } from "../recordings/read-recordings.js";
import { CLIP_SECONDS, type StageContext } from "./stage.js";

/** The sounds of a training. */
export interface StageSounds {
  /** Of clips to train on. */
  readonly training: SoundOf;
  /** Of stretches of so many seconds, which are longer than clips. */
  readonly stretches: (seconds: number) => SoundOf;
  /** Of clips to judge by: their recordings are of other sources. */
  readonly heldOut: SoundOf;
  /** What was recorded, of those that are trained on. */
  readonly recordings: readonly Recording[];
  /** Every word that is said of any of them, sorted. */
  readonly vocabulary: readonly string[];
}

/** Reads the recordings of a stage, if it has any. */
export async function stageSounds({ plan, options }: Pick<StageContext, "plan" | "options">): Promise<StageSounds> {
  const { recordings: directory, signal } = options;
  const { sampleRate } = SMALL_CODEC;
  const { training, heldOut } = directory
    ? await readRecordings(directory, { sampleRate, signal })
    : { training: [], heldOut: [] };
  const of = (seconds: number, those: typeof training) => ({
    seed: plan.seed,
    seconds,
    sampleRate,
    recordings: those,
    shares: plan.sounds,
  });
  const words = [...CAPTION_VOCABULARY, ...recordingVocabulary([...training, ...heldOut])];
  return {
    recordings: training,
    training: soundSource(of(CLIP_SECONDS, training)),
    stretches: (seconds) => stretchSource(of(seconds, training)),
    heldOut: soundSource(of(CLIP_SECONDS, heldOut)),
    vocabulary: [...new Set(words)].sort(),
  };
}
