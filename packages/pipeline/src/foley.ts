/** The parts joined: one clip's road from file to sound (design: "The road of one clip"). */
import { decodeInPieces, planDecode } from "@foley-control/audio-backbone";
import { assertFits } from "@foley-control/bridge";
import {
  type AudioBackbone,
  type Bridge,
  FoleyError,
  type PlainTensor,
  type Runtime,
  type RuntimeCapabilities,
  type VideoEncoder,
} from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import { readSegments } from "./clip/pixels.js";
import { resolveSpan, type Span } from "./clip/span.js";
import { encodeText, loadTextEncoder } from "./generate/condition.js";
import { createExecutables, type Executables } from "./generate/executables.js";
import { finishSound } from "./generate/finish.js";
import { sampleLatents } from "./generate/latents.js";
import { encodeVideo, loadVideoEncoder } from "./generate/video-tokens.js";
import { checkSettings, type GenerateOptions } from "./options.js";
import type { GenerateTimes, Take, TakeSource } from "./take.js";

/** The networks of a pipeline; any that keep the contracts of `@foley-control/core`. */
export interface FoleyParts {
  /** Text encoder, denoiser and codec. */
  readonly backbone: AudioBackbone;
  /** Frames to video tokens. Without encoder and bridge the prompt alone decides. */
  readonly encoder?: VideoEncoder | undefined;
  /** The trained bridge between the two. */
  readonly bridge?: Bridge | undefined;
  /** Longest clips that the backbone was trained on, seconds; longer ones are conditioned as these. Default: no limit. */
  readonly trainedSeconds?: number | undefined;
  /** Words of a prompt that the backbone does not know, where it can tell; they become a warning. */
  readonly unknownWords?: ((prompt: string) => readonly string[]) | undefined;
}

/** A pipeline. */
export interface Foley<Source, T extends Take = Take> extends AsyncDisposable {
  /** The networks in use. */
  readonly parts: FoleyParts;
  /**
   * Makes sound for a clip.
   *
   * @throws FoleyError `invalid-argument` naming the option; `too-long` beyond 12 s; `no-video`, `bad-file`, `unsupported` and
   * `missing-dependency` for clips that cannot be read; the abort signal's reason.
   */
  generate(options: GenerateOptions<Source>): Promise<T>;
  /** What the runtime found on this machine. */
  capabilities(): Promise<RuntimeCapabilities>;
  /** Loads what every clip needs, and what clips of `seconds` need (default: the encoder's window), so that the first one does not wait. */
  warmUp(options?: { readonly seconds?: number | undefined }): Promise<void>;
  /** Frees everything; idempotent. */
  dispose(): Promise<void>;
}

/** What joins parts to a platform. */
export interface FoleyHost<Source, M extends MediaFile, T extends Take> {
  /** Computes. */
  readonly runtime: Runtime;
  /** Whether the pipeline disposes the runtime when it is disposed. */
  readonly ownsRuntime: boolean;
  /** Opens a clip. */
  readonly open: (
    source: Source,
    options: { readonly onError?: "throw" | "hold" | undefined; readonly signal?: AbortSignal | undefined },
  ) => Promise<M>;
  /** Makes what `generate` returns. */
  readonly take: (
    source: Omit<TakeSource, "open"> & { readonly open: (() => Promise<M>) | undefined; readonly clip: Source | undefined },
  ) => T;
}

/** Joins parts, runtime and media to a pipeline. The constructors of `/node` and `/web` fill in the platform. */
export function joinParts<Source, M extends MediaFile, T extends Take>(
  parts: FoleyParts,
  host: FoleyHost<Source, M, T>,
): Foley<Source, T> {
  if ((parts.bridge === undefined) !== (parts.encoder === undefined)) {
    throw new FoleyError("invalid-argument", `Only the ${parts.bridge ? "bridge" : "encoder"} was given; they belong together.`, {
      hint: "Give encoder and bridge, or neither: then the prompt alone decides.",
    });
  }
  if (parts.bridge && parts.encoder) assertFits(parts.bridge, parts.backbone, parts.encoder);
  const executables = createExecutables(host.runtime);
  let disposed: Promise<void> | undefined;
  const dispose = (): Promise<void> =>
    (disposed ??= (async () => {
      await executables.dispose();
      if (host.ownsRuntime) await host.runtime.dispose();
    })());
  return {
    parts,
    async generate(options) {
      if (disposed) throw new FoleyError("disposed", "The pipeline was disposed.", { hint: "Make a new one with createFoley." });
      return generate(parts, host, executables, options);
    },
    capabilities: () => host.runtime.capabilities(),
    async warmUp(options = {}) {
      await loadAhead(executables, parts, soundedSeconds(parts.encoder, options.seconds ?? 0));
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

async function generate<Source, M extends MediaFile, T extends Take>(
  parts: FoleyParts,
  host: FoleyHost<Source, M, T>,
  executables: Executables,
  options: GenerateOptions<Source>,
): Promise<T> {
  const { backbone, encoder } = parts;
  const { video: source, signal, onProgress } = options;
  const settings = checkSettings(options, backbone.denoiser.prediction, backbone.sampling);
  const times: Record<keyof GenerateTimes, number> = { read: 0, video: 0, text: 0, sample: 0, decode: 0, total: 0 };
  const timed = async <R>(part: keyof GenerateTimes, work: () => Promise<R>): Promise<R> => {
    const begun = performance.now();
    try {
      return await work();
    } finally {
      times[part] += performance.now() - begun;
    }
  };
  const warnings: string[] = [];

  return timed("total", async () => {
    signal?.throwIfAborted();
    const reading = { onError: options.onError, signal };
    const clip = await timed("read", async () => {
      if (source === undefined) return { span: resolveSpan(options, undefined), segments: undefined };
      const media = await host.open(source, reading);
      try {
        const span = resolveSpan(options, media.info);
        warnings.push(...media.info.warnings.map(({ message }) => message));
        if (!encoder) {
          warnings.push("This model has no bridge: the prompt alone decides, the picture has no say.");
          return { span, segments: undefined };
        }
        const wanted = settings.videoStrength > 0 && settings.videoGuidanceScale !== 0;
        // Networks are loaded while frames are decoded; what fails here fails again, and is reported, where it is needed.
        loadAhead(executables, parts, soundedSeconds(encoder, span.duration)).catch(() => undefined);
        return { span, segments: wanted ? await readSegments(media, encoder, span, { ...reading, onProgress }) : undefined };
      } finally {
        media.dispose();
      }
    });
    const { span, segments } = clip;
    const unknown = parts.unknownWords?.(settings.prompt) ?? [];
    if (unknown.length > 0)
      warnings.push(
        `The model does not know the ${unknown.length > 1 ? "words" : "word"} ${unknown.map((word) => `"${word}"`).join(", ")}.`,
      );

    const seconds = soundedSeconds(encoder, span.duration);
    const frames = latentFrames(backbone, seconds);
    const video: PlainTensor<"float32"> | undefined =
      segments && encoder && (await timed("video", () => encodeVideo(executables, encoder, segments, { signal, onProgress })));
    const told = Math.min(seconds, parts.trainedSeconds ?? Number.POSITIVE_INFINITY);
    const [prompt, negative] = await timed(
      "text",
      async () =>
        [
          await encodeText(executables, backbone, settings.prompt, told, signal),
          await encodeText(executables, backbone, settings.negativePrompt, told, signal),
        ] as const,
    );
    const sameText = prompt.context.data.every((value, i) => value === negative.context.data[i]);
    const { latents, branches } = await timed("sample", () =>
      sampleLatents(executables, {
        backbone,
        bridge: parts.bridge,
        settings,
        frames,
        prompt,
        negative,
        video,
        sameText,
        signal,
        onProgress,
      }),
    );
    const { channels, gainDb } = await timed("decode", async () => {
      using decoder = await loadDecoder(executables, backbone, frames);
      const audio = await decodeInPieces(backbone.codec, latents, async (piece, done, total) => {
        onProgress?.({ type: "decode-progress", done, total });
        const { audio: sound } = await decoder.executable.run({ latents: piece }, { signal });
        onProgress?.({ type: "decode-progress", done: done + 1, total });
        return sound as PlainTensor<"float32">;
      });
      return finishSound(channelsOf(audio), backbone.codec.sampleRate, span.duration);
    });
    return { span, channels, gainDb, branches, frames, videoTokens: video?.shape[1] ?? 0 };
  }).then(({ span, channels, gainDb, branches, frames, videoTokens }) =>
    host.take({
      channels,
      sampleRate: backbone.codec.sampleRate,
      span,
      clip: source,
      open: source === undefined ? undefined : () => host.open(source, { onError: options.onError }),
      diagnostics: {
        settings,
        parts: { backbone: backbone.id, ...(encoder && { encoder: encoder.id }) },
        videoTokens,
        latentFrames: frames,
        branches,
        gainDb,
        milliseconds: times,
        warnings,
      },
    }),
  );
}

/** Seconds that are sampled: short clips get as much as the encoder sees at once, and are cut afterwards. */
export function soundedSeconds(encoder: VideoEncoder | undefined, duration: Span["duration"]): number {
  return encoder ? Math.max(duration, encoder.window / encoder.frameRate) : duration;
}

/** Latents that cover `seconds`. */
export function latentFrames({ codec }: AudioBackbone, seconds: number): number {
  return Math.max(1, Math.ceil(Math.round(seconds * codec.sampleRate) / codec.hop));
}

/** Loads what a clip of `seconds` needs whatever its guidance is; as much of it stays as the cache keeps. */
async function loadAhead(executables: Executables, { backbone, encoder }: FoleyParts, seconds: number): Promise<void> {
  const giveBack = (...leases: readonly Disposable[]): void => {
    for (const lease of leases) lease[Symbol.dispose]();
  };
  await Promise.all([
    encoder && loadVideoEncoder(executables, encoder).then(giveBack),
    loadTextEncoder(executables, backbone).then((leases) => giveBack(...leases)),
    loadDecoder(executables, backbone, latentFrames(backbone, seconds)).then(giveBack),
  ]);
}

/** The decoder for the pieces that `frames` latents are decoded in. */
function loadDecoder(executables: Executables, { codec }: AudioBackbone, frames: number) {
  const length = planDecode(codec, frames)[0]?.to ?? frames;
  return executables.lease(`decode ${length}`, () => codec.decodeGraph({ frames: length }), codec.weights);
}

function channelsOf(audio: PlainTensor<"float32">): readonly Float32Array[] {
  const [, channels, samples] = audio.shape as readonly [number, number, number];
  return Array.from({ length: channels }, (_, channel) => audio.data.subarray(channel * samples, (channel + 1) * samples));
}
