/** What each guidance branch is conditioned on: the prompt with the picture, the prompt alone, the negative prompt alone. */
import {
  type Condition,
  clipSize,
  conditionOf,
  conditionPart,
  encodeText,
  type RunGraph,
  textPart,
} from "@foley-control/audio-backbone";
import type { AudioBackbone, ClipSize, PlainTensor } from "@foley-control/core";
import type { GuidanceBranch } from "@foley-control/sampler";
import type { Executables } from "./executables.js";

/** A clip's conditions. */
export interface BranchConditions {
  /** What graphs are built for. */
  readonly size: ClipSize;
  /** One row per branch. */
  readonly of: Readonly<Record<GuidanceBranch, Condition>>;
  /** Whether prompt and negative prompt are the same to the denoiser, so that guidance for text has nothing to act on. */
  readonly sameText: boolean;
}

/** Words are read before anything is sampled: a text encoder of more than a gigabyte need not be there as a whole. */
const ONCE = { rare: true } as const;

/** Encodes prompt and negative prompt. `video` are the features of the backbone's own streams, where the picture has a say. */
export async function branchConditions(
  executables: Executables,
  backbone: AudioBackbone,
  asked: {
    readonly prompt: string;
    readonly negativePrompt: string;
    readonly seconds: number;
    readonly video: Readonly<Record<string, PlainTensor<"float32">>> | undefined;
  },
  signal: AbortSignal | undefined,
): Promise<BranchConditions> {
  const { prompt, negativePrompt, seconds, video } = asked;
  const run: RunGraph = async ({ name, build, weights }, inputs) => {
    using lease = await executables.lease(name, build, weights, ONCE);
    return lease.executable.run(inputs, { signal });
  };
  const size = clipSize(backbone, seconds, [prompt, negativePrompt]);
  const words = (text: string) => encodeText(backbone, run, text, size.rows?.["tokens"]);
  const [wanted, unwanted] = [await words(prompt), await words(negativePrompt)];
  const text = await conditionOf(backbone, run, size, { text: wanted, seconds });
  const none = await conditionOf(backbone, run, size, { text: unwanted, seconds, away: true });
  const full = video ? await conditionOf(backbone, run, size, { text: wanted, seconds, video }) : text;
  const sameText = Object.entries(text).every(([name, { data }]) => data.every((value, i) => value === none[name]?.data[i]));
  return { size, of: { none, text, full }, sameText };
}

/** Loads what conditions clips of `seconds`. */
export async function loadConditioning(executables: Executables, backbone: AudioBackbone, seconds: number): Promise<void> {
  const parts = [textPart(backbone), conditionPart(backbone, clipSize(backbone, seconds))];
  await Promise.all(parts.map(({ name, build, weights }) => executables.warm(name, build, weights, ONCE)));
}
