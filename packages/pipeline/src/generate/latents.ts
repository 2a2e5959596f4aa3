/** From noise to latents: guidance branches as rows of one batch, one run of the step graph per sampler step. */
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
import type { Condition } from "./condition.js";
import { loadDenoiser } from "./denoiser.js";
import type { Executables } from "./executables.js";

/** What {@link sampleLatents} needs. */
export interface LatentsRequest {
  readonly backbone: AudioBackbone;
  readonly bridge: Bridge | undefined;
  readonly settings: GenerateSettings;
  /** Latent frames. */
  readonly frames: number;
  /** Conditioning by the prompt. */
  readonly prompt: Condition;
  /** Conditioning by the negative prompt, or by nothing. */
  readonly negative: Condition;
  /** [1, tokens, width]; `undefined` without a video. */
  readonly video: PlainTensor<"float32"> | undefined;
  /** Whether prompt and negative prompt are the same, so that guidance for text has nothing to act on. */
  readonly sameText: boolean;
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
export function planGuidance({ settings, video, sameText }: Pick<LatentsRequest, "settings" | "video" | "sameText">): {
  readonly branches: readonly GuidanceBranch[];
  readonly textScale: number;
  readonly videoScale: number;
  readonly video: boolean;
} {
  const seen = video !== undefined && settings.videoStrength > 0 && settings.videoGuidanceScale !== 0;
  // With equal texts the branches "none" and "text" are one network: any scale gives the same sum, and 1 needs only one of them.
  const textScale = sameText ? 1 : settings.guidanceScale;
  const videoScale = seen ? settings.videoGuidanceScale : 0;
  const { branches } = guide<Float32Array>(() => [], { textScale, videoScale, video: seen });
  const { needsUnconditional } = SOLVERS[settings.solver];
  const needed = needsUnconditional && !branches.includes("none") ? (["none", ...branches] as const) : branches;
  return { branches: needed, textScale, videoScale, video: seen };
}

/** Samples latents. The noise depends on the seed alone; a batch of branches starts each step from the same latents. */
export async function sampleLatents(executables: Executables, request: LatentsRequest): Promise<SampledLatents> {
  const { backbone, settings, frames, signal, onProgress } = request;
  const { denoiser } = backbone;
  const plan = planGuidance(request);
  const { branches } = plan;
  const rows = branches.length;
  const scaled = plan.video && settings.videoStrength !== 1;
  const shape = {
    frames,
    rows,
    video:
      plan.video && request.video
        ? { tokens: request.video.shape[1] as number, width: request.video.shape[2] as number }
        : undefined,
    scaled,
  };
  using loaded = await loadDenoiser(executables, denoiser, plan.video ? request.bridge : undefined, shape);
  const network = await loaded.prepare(
    {
      context: stack(branches.map((branch) => (branch === "none" ? request.negative : request.prompt).context)),
      global: stack(branches.map((branch) => (branch === "none" ? request.negative : request.prompt).global)),
      ...(shape.video && request.video
        ? {
            video: stack(
              branches.map((branch) =>
                branch === "full" ? (request.video as PlainTensor<"float32">) : zeros(request.video as PlainTensor<"float32">),
              ),
            ),
          }
        : {}),
      ...(scaled
        ? { videoStrength: { dtype: "float32", shape: [1], data: Float32Array.of(settings.videoStrength) } as const }
        : {}),
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
      textScale: plan.textScale,
      videoScale: plan.videoScale,
      video: plan.video,
      prediction: denoiser.prediction,
    });
    const data = await sample(velocity, normalArray(settings.seed, ["latents"], size), {
      prediction: denoiser.prediction,
      solver: settings.solver,
      steps: settings.steps,
      sigmaMax: backbone.sampling?.sigmaMax,
      sigmaMin: backbone.sampling?.sigmaMin,
      noise: seededNoise(settings.seed, size, "steps"),
      pair,
      signal,
      onStep: ({ index, count, sigma }) => onProgress?.({ type: "step-end", index, count, sigma }),
    });
    if (!data.every(Number.isFinite)) {
      throw new FoleyError("bad-weights", "The denoiser computed numbers that are not finite.", {
        hint: "Lower the guidance scales, or check the weights with `foley doctor`.",
      });
    }
    return { latents: { dtype: "float32", shape: [1, denoiser.latentChannels, frames], data }, branches };
  } finally {
    network.dispose();
  }
}

/** Rows [1, …] joined along the first axis. */
function stack(parts: readonly PlainTensor<"float32">[]): PlainTensor<"float32"> {
  const first = parts[0] as PlainTensor<"float32">;
  const data = new Float32Array(parts.length * first.data.length);
  for (const [row, part] of parts.entries()) data.set(part.data, row * first.data.length);
  return { dtype: "float32", shape: [parts.length, ...first.shape.slice(1)], data };
}

const zeros = (like: PlainTensor<"float32">): PlainTensor<"float32"> => ({ ...like, data: new Float32Array(like.data.length) });
