/** From noise to latents: guidance branches as rows of one batch, one run of the step graph per sampler step. */

import type { Condition } from "@foley-control/audio-backbone";
import {
  type AudioBackbone,
  type Bridge,
  FoleyError,
  normalArray,
  type PlainTensor,
  type ProgressListener,
  type StreamPart,
} from "@foley-control/core";
import { type GuidanceBranch, type Guided, guide, hold, SOLVERS, sample } from "@foley-control/sampler";
import type { GenerateSettings } from "../options.js";
import type { BranchConditions } from "./conditions.js";
import { type DenoiserShape, loadDenoiser } from "./denoiser.js";
import type { Executables } from "./executables.js";
import type { BridgedTokens } from "./see.js";

/** What {@link sampleLatents} needs. */
export interface LatentsRequest {
  readonly backbone: AudioBackbone;
  readonly bridge: Bridge | undefined;
  readonly settings: GenerateSettings;
  /** What each branch is conditioned on. */
  readonly conditions: BranchConditions;
  /** What the bridge reads; `undefined` without a video or a bridge. */
  readonly bridged: BridgedTokens | undefined;
  /** Whether the picture has a say, through the bridge or through streams of the backbone's own. */
  readonly seen: boolean;
  /** Where these latents lie in a sound that is made window by window; `undefined`: they are the whole sound. */
  readonly place?: LatentsPlace | undefined;
  /** What is there already and stays. */
  readonly kept?: KeptLatents | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** Where a window's latents lie in a sound. */
export interface LatentsPlace {
  /** Latents before the first. */
  readonly from: number;
  readonly known?: KnownLatents | undefined;
}

/** What the window before has made of the beginning of this one: its latents from `from` on. */
export interface KnownLatents {
  readonly latents: PlainTensor<"float32">;
  readonly from: number;
  /** So many stay as they are. */
  readonly frames: number;
  /** So many behind those have a say in what comes out, the first of them most. */
  readonly fading: number;
}

/** Latents of a sound that is there already. */
export interface KeptLatents {
  /** [1, channels, frames]; those that do not stay are not read. */
  readonly latents: PlainTensor<"float32">;
  /** One number per frame: 1 for those that stay, else 0. */
  readonly shares: Float32Array;
}

/** Latents [1, channels, frames], and how they were made. */
export interface SampledLatents {
  readonly latents: PlainTensor<"float32">;
  /** Rows of the batch. */
  readonly branches: readonly GuidanceBranch[];
}

/** Options of {@link planGuidance}. */
interface GuidancePlanOptions {
  /** Whether what is said and what is not wanted are the same. */
  readonly sameText: boolean;
  readonly seen: boolean;
  /** How much the backbone's guidance leaves out along the estimate: then the conditional branch is needed whatever it weighs. */
  readonly projection?: number | undefined;
}

/** The branches that a request needs, in the order of their rows, and the scales that guidance uses. */
export function planGuidance(
  settings: Pick<GenerateSettings, "guidanceScale" | "videoGuidanceScale" | "solver">,
  { sameText, seen, projection }: GuidancePlanOptions,
): { readonly branches: readonly GuidanceBranch[]; readonly textScale: number; readonly videoScale: number } {
  // With equal texts the branches "none" and "text" are one network: any scale gives the same sum, and 1 needs only one of them.
  const textScale = sameText ? 1 : settings.guidanceScale;
  const videoScale = seen ? settings.videoGuidanceScale : 0;
  const { branches } = guide<Float32Array>(() => [], { textScale, videoScale, video: seen, projection });
  const { needsUnconditional } = SOLVERS[settings.solver];
  const needed = needsUnconditional && !branches.includes("none") ? (["none", ...branches] as const) : branches;
  return { branches: needed, textScale, videoScale };
}

/** What a request makes of the networks: which branches, and in which shape the denoiser is loaded. */
export function planSampling(request: LatentsRequest) {
  const { settings, conditions, bridged, seen } = request;
  const projection = request.backbone.sampling?.(conditions.size.frames).projection;
  const { branches, textScale, videoScale } = planGuidance(settings, { sameText: conditions.sameText, seen, projection });
  const bridge = seen ? request.bridge : undefined;
  const scaled = bridge !== undefined && settings.videoStrength !== 1;
  const [, tokens, width] = (bridged?.tokens.shape ?? []) as readonly [number, number, number];
  const video = bridge && bridged && { tokens, width, parts: bridged.parts };
  const shape: DenoiserShape = { size: conditions.size, rows: branches.length, video, scaled };
  return { branches, textScale, videoScale, bridge, shape };
}

/**
 * Samples latents. The noise depends on the seed alone, in a sound made of windows on the seed, the place of each latent and the window's beginning; a batch
 * of branches starts each step from the same latents.
 */
export async function sampleLatents(executables: Executables, request: LatentsRequest): Promise<SampledLatents> {
  const { backbone, settings, conditions, bridged, seen, place, kept, signal, onProgress } = request;
  const { denoiser } = backbone;
  const { frames } = conditions.size;
  const tokens = bridged?.tokens;
  const { branches, textScale, videoScale, bridge, shape } = planSampling(request);
  const { rows, scaled } = shape;
  using loaded = await loadDenoiser(executables, denoiser, bridge, shape);
  const held = heldLatents(place?.known, kept, [denoiser.latentChannels, frames]);
  const told = held ? backbone.knownInputs?.({ latents: held.latents, known: held.shares }) : undefined;
  const network = await loaded.prepare(
    {
      ...stackedConditions(branches.map((branch) => ({ ...conditions.of[branch], ...told }))),
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
    const usual = backbone.sampling?.(frames);
    const guided = guide(evaluate, {
      textScale,
      videoScale,
      video: seen,
      projection: usual?.projection,
      prediction: denoiser.prediction,
    });
    const { velocity, pair } = held ? heldNetwork(guided, held, denoiser) : guided;
    const noise = (...stream: readonly StreamPart[]): Float32Array =>
      place
        ? placedNoise(settings.seed, stream, place.from, [denoiser.latentChannels, frames])
        : normalArray(settings.seed, stream, size);
    const data = await sample(velocity, noise("latents"), {
      prediction: denoiser.prediction,
      solver: settings.solver,
      steps: settings.steps,
      sigmaMax: usual?.sigmaMax,
      sigmaMin: usual?.sigmaMin,
      levels: usual?.solver === settings.solver ? usual.levels?.(settings.steps) : undefined,
      shift: usual?.shift,
      edges: usual?.edges,
      noise: (step) => noise("steps", step),
      pair,
      signal,
      onStep: ({ index, count, sigma }) => onProgress?.({ type: "step-end", index, count, sigma }),
    });
    if (!data.every(Number.isFinite)) {
      throw new FoleyError("bad-weights", "The denoiser computed numbers that are not finite.", {
        hint: "Lower the guidance scales, or check the weights.",
      });
    }
    // Not every solver ends exactly where it was led to.
    if (held) writeHeld(data, held);
    return { latents: { dtype: "float32", shape: [1, denoiser.latentChannels, frames], data }, branches };
  } finally {
    network.dispose();
  }
}

/** What is known, and how much of it stays: all of a frame, or a share of one that fades. */
interface HeldLatents {
  /** [1, channels, frames]. */
  readonly latents: PlainTensor<"float32">;
  /** One number per frame, 0 to 1. */
  readonly shares: Float32Array;
}

function heldLatents(
  known: KnownLatents | undefined,
  kept: KeptLatents | undefined,
  [channels, frames]: readonly [number, number],
): HeldLatents | undefined {
  if (!known && !kept?.shares.includes(1)) return undefined;
  const data = new Float32Array(channels * frames);
  const shares = new Float32Array(frames);
  if (known) {
    writeKnown(data, { ...known, frames: known.frames + known.fading }, frames);
    shares.fill(1, 0, known.frames);
    for (let i = 0; i < known.fading; i++) shares[known.frames + i] = 1 - (i + 0.5) / known.fading;
  }
  const latents = { dtype: "float32", shape: [1, channels, frames], data } as const;
  if (!kept) return { latents, shares };
  // The window before goes first: it went on from what stays as well, and is what is heard before this one.
  const staying = kept.shares.map((share, frame) => (share === 1 && shares[frame] !== 1 ? 1 : 0));
  writeHeld(data, { latents: kept.latents, shares: staying });
  return { latents, shares: shares.map((share, frame) => Math.max(share, staying[frame] as number)) };
}

/** A guided network that says, of what is known, what is known. */
function heldNetwork(
  { velocity, pair }: Pick<Guided, "velocity" | "pair">,
  { latents, shares }: HeldLatents,
  { prediction }: AudioBackbone["denoiser"],
): Pick<Guided, "velocity" | "pair"> {
  const options = { known: latents.data, held: shares, prediction };
  return {
    velocity: hold(velocity, options),
    async pair(x, time) {
      const { guided, unconditional } = await pair(x, time);
      const [one, other] = [hold(() => guided, options), hold(() => unconditional, options)];
      return { guided: await one(x, time), unconditional: await other(x, time) };
    },
  };
}

/** Writes frames that are held whole into latents [channels, frames]. */
function writeHeld(to: Float32Array, { latents, shares }: HeldLatents): void {
  for (let i = 0; i < to.length; i++) if (shares[i % shares.length] === 1) to[i] = latents.data[i] as number;
}

/** Writes what is known to the beginning of latents [channels, frames]. */
function writeKnown(to: Float32Array, known: Pick<KnownLatents, "latents" | "from" | "frames">, frames: number): void {
  const before = known.latents.shape[2] as number;
  for (let channel = 0; channel * frames < to.length; channel++) {
    const from = channel * before + known.from;
    to.set(known.latents.data.subarray(from, from + known.frames), channel * frames);
  }
}

/**
 * Noise [channels, frames] of a window. Each latent draws for itself, and the mean over the window is that of the first one, in every channel: how loud and
 * bright a lasting sound becomes lies there, and windows that drew it each for themselves would wander. Any one of them is white noise all the same.
 */
export function placedNoise(
  seed: number | bigint,
  stream: readonly StreamPart[],
  from: number,
  [channels, frames]: readonly [number, number],
): Float32Array {
  const drawn = (first: number): Float32Array => {
    const out = new Float32Array(channels * frames);
    for (let frame = 0; frame < frames; frame++) {
      const column = normalArray(seed, [...stream, "latent", first + frame], channels);
      for (let channel = 0; channel < channels; channel++) out[channel * frames + frame] = column[channel] as number;
    }
    return out;
  };
  const own = drawn(from);
  if (from === 0) return own;
  const beginning = drawn(0);
  for (let row = 0; row < own.length; row += frames) {
    let apart = 0;
    for (let i = row; i < row + frames; i++) apart += (beginning[i] as number) - (own[i] as number);
    for (let i = row; i < row + frames; i++) (own[i] as number) += apart / frames;
  }
  return own;
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
