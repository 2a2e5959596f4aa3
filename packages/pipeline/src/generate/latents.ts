/** From noise to latents: guidance branches as rows of one batch, one run of the step graph per sampler step. */

import type { Condition } from "@foley-control/audio-backbone";
import {
  type AudioBackbone,
  type Bridge,
  FoleyError,
  normalArray,
  type PlainTensor,
  type ProgressListener,
} from "@foley-control/core";
import { type GuidanceBranch, guide, SOLVERS, sample, seededNoise } from "@foley-control/sampler";
import type { GenerateSettings } from "../options.js";
import type { BranchConditions } from "./conditions.js";
import { loadDenoiser } from "./denoiser.js";
import type { Executables } from "./executables.js";

/** What {@link sampleLatents} needs. */
export interface LatentsRequest {
  readonly backbone: AudioBackbone;
  readonly bridge: Bridge | undefined;
  readonly settings: GenerateSettings;
  /** What each branch is conditioned on. */
  readonly conditions: BranchConditions;
  /** What the bridge reads, [1, tokens, width]; `undefined` without a video or a bridge. */
  readonly tokens: PlainTensor<"float32"> | undefined;
  /** Whether the picture has a say, through the bridge or through streams of the backbone's own. */
  readonly seen: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** Latents [1, channels, frames], and how they were made. */
export interface SampledLatents {
  readonly latents: PlainTensor<"float32">;
  /** Rows of the batch. */
  readonly branches: readonly GuidanceBranch[];
}

/** The branches that a request needs, in the order of their rows, and the scales that guidance uses. */
export function planGuidance(
  settings: Pick<GenerateSettings, "guidanceScale" | "videoGuidanceScale" | "solver">,
  { sameText, seen }: { readonly sameText: boolean; readonly seen: boolean },
): { readonly branches: readonly GuidanceBranch[]; readonly textScale: number; readonly videoScale: number } {
  // With equal texts the branches "none" and "text" are one network: any scale gives the same sum, and 1 needs only one of them.
  const textScale = sameText ? 1 : settings.guidanceScale;
  const videoScale = seen ? settings.videoGuidanceScale : 0;
  const { branches } = guide<Float32Array>(() => [], { textScale, videoScale, video: seen });
  const { needsUnconditional } = SOLVERS[settings.solver];
  const needed = needsUnconditional && !branches.includes("none") ? (["none", ...branches] as const) : branches;
  return { branches: needed, textScale, videoScale };
}

/** Samples latents. The noise depends on the seed alone; a batch of branches starts each step from the same latents. */
export async function sampleLatents(executables: Executables, request: LatentsRequest): Promise<SampledLatents> {
  const { backbone, settings, conditions, tokens, seen, signal, onProgress } = request;
  const { denoiser } = backbone;
  const { frames } = conditions.size;
  const { branches, textScale, videoScale } = planGuidance(settings, { sameText: conditions.sameText, seen });
  const rows = branches.length;
  const bridge = seen ? request.bridge : undefined;
  const scaled = bridge !== undefined && settings.videoStrength !== 1;
  using loaded = await loadDenoiser(executables, denoiser, bridge, {
    size: conditions.size,
    rows,
    video: bridge && tokens && { tokens: tokens.shape[1] as number, width: tokens.shape[2] as number },
    scaled,
  });
  const network = await loaded.prepare(
    {
      ...stackedConditions(branches.map((branch) => conditions.of[branch])),
      ...(bridge && tokens && { video: stack(branches.map((branch) => (branch === "full" ? tokens : zeros(tokens)))) }),
      ...(scaled && { videoStrength: { dtype: "float32", shape: [1], data: Float32Array.of(settings.videoStrength) } as const }),
    },
    signal,
  );
  const size = denoiser.latentChannels * frames;
  const evaluate = async (x: Float32Array, time: number, asked: readonly GuidanceBranch[]): Promise<readonly Float32Array[]> => {
    const batch = new Float32Array(rows * size);
    for (let row = 0; row < rows; row++) batch.set(x, row * size);
    const out = await network.step(
      { dtype: "float32", shape: [rows, denoiser.latentChannels, frames], data: batch },
      { dtype: "float32", shape: [rows], data: new Float32Array(rows).fill(time) },
      signal,
    );
    return asked.map((branch) => {
      const row = branches.indexOf(branch);
      return out.slice(row * size, (row + 1) * size);
    });
  };
  try {
    const { velocity, pair } = guide(evaluate, {
      textScale,
      videoScale,
      video: seen,
      prediction: denoiser.prediction,
    });
    const usual = backbone.sampling?.(frames);
    const data = await sample(velocity, normalArray(settings.seed, ["latents"], size), {
      prediction: denoiser.prediction,
      solver: settings.solver,
      steps: settings.steps,
      sigmaMax: usual?.sigmaMax,
      sigmaMin: usual?.sigmaMin,
      levels: usual?.solver === settings.solver ? usual.levels?.(settings.steps) : undefined,
      noise: seededNoise(settings.seed, size, "steps"),
      pair,
      signal,
      onStep: ({ index, count, sigma }) => onProgress?.({ type: "step-end", index, count, sigma }),
    });
    if (!data.every(Number.isFinite)) {
      throw new FoleyError("bad-weights", "The denoiser computed numbers that are not finite.", {
        hint: "Lower the guidance scales, or check the weights.",
      });
    }
    return { latents: { dtype: "float32", shape: [1, denoiser.latentChannels, frames], data }, branches };
  } finally {
    network.dispose();
  }
}

/** Conditions of one row each as those of one batch. */
function stackedConditions(rows: readonly Condition[]): Condition {
  const names = Object.keys(rows[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, stack(rows.map((row) => row[name] as PlainTensor<"float32">))]));
}

/** Rows [1, …] joined along the first axis. */
function stack(parts: readonly PlainTensor<"float32">[]): PlainTensor<"float32"> {
  const first = parts[0] as PlainTensor<"float32">;
  const data = new Float32Array(parts.length * first.data.length);
  for (const [row, part] of parts.entries()) data.set(part.data, row * first.data.length);
  return { dtype: "float32", shape: [parts.length, ...first.shape.slice(1)], data };
}

const zeros = (like: PlainTensor<"float32">): PlainTensor<"float32"> => ({ ...like, data: new Float32Array(like.data.length) });
