/** What each guidance branch is conditioned on: the prompt with the picture, the prompt alone, the negative prompt alone. */
import {
  type Condition,
  clipSize,
  conditionOf,
  conditionPart,
  type EncodedText,
  encodeTexts,
  knowsSilence,
  type RunGraph,
  type RunGraphOnEach,
  textPart,
} from "@foley-control/audio-backbone";
import type { AudioBackbone, ClipSize, Executable, PlainTensor } from "@foley-control/core";
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
    return await lease.executable.run(inputs, { signal });
  };
  const size = clipSize(backbone, seconds, [prompt, negativePrompt]);
  const runEach: RunGraphOnEach = async ({ name, build, weights }, inputs) => {
    using lease = await executables.lease(name, build, weights, ONCE);
    // Awaited here: the lease ends with this function.
    return await runOnEach(lease.executable, inputs, signal);
  };
  // What reads them may be loaded for each run: once for both.
  const words = await encodeTexts(backbone, runEach, [prompt, negativePrompt], {
    rows: size.rows?.["tokens"],
    leavesEmpty: knowsSilence(backbone, size),
  });
  const [wanted, unwanted] = words as readonly [EncodedText, EncodedText];
  const text = await conditionOf(backbone, run, size, { text: wanted, seconds });
  const none = await conditionOf(backbone, run, size, { text: unwanted, seconds, away: true });
  const full = video ? await conditionOf(backbone, run, size, { text: wanted, seconds, video }) : text;
  const sameText = Object.entries(text).every(([name, { data }]) => data.every((value, i) => value === none[name]?.data[i]));
  return { size, of: { none, text, full }, sameText };
}

/** What an executable makes of each of the inputs. */
async function runOnEach(
  executable: Executable,
  inputs: readonly Readonly<Record<string, PlainTensor>>[],
  signal: AbortSignal | undefined,
): Promise<readonly Record<string, PlainTensor>[]> {
  if (executable.runEach) return executable.runEach(inputs, { signal });
  const made: Record<string, PlainTensor>[] = [];
  for (const one of inputs) made.push(await executable.run(one, { signal }));
  return made;
}

/** Loads what conditions clips of `seconds`. */
export async function loadConditioning(executables: Executables, backbone: AudioBackbone, seconds: number): Promise<void> {
  const parts = [textPart(backbone), conditionPart(backbone, clipSize(backbone, seconds))];
  await Promise.all(parts.map(({ name, build, weights }) => executables.warm(name, build, weights, ONCE)));
}
