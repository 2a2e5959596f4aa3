/** The road of a clip of any length from file to sound (design: "The road of one clip"), walked window by window; see `planWindows`. */
import {
  decodeInPieces,
  decoderOf,
  firstLatents,
  latentsFor,
  planDecode,
  sampledSeconds,
  soundingLatents,
} from "@foley-control/audio-backbone";
import type { AudioBackbone, EventTrack, PlainTensor } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import { slownessOf } from "@foley-control/runtime";
import { checkEvents, eventEncoder, eventsIn } from "../clip/events.js";
import { resolveSpan, type Span } from "../clip/span.js";
import { createKeeper } from "../kept/keeper.js";
import { checkSettings, type GenerateOptions, type GenerateSettings } from "../options.js";
import type { FoleyHost, FoleyParts } from "../parts.js";
import { type GenerateTimes, keepingWarnings, type Take } from "../take.js";
import { type BranchConditions, branchConditions, loadConditioning } from "./conditions.js";
import type { Executables } from "./executables.js";
import { joined } from "./join.js";
import { type KnownLatents, type LatentsRequest, sampleLatents } from "./latents.js";
import { bridgedTokens, encodersOf, type Seen, see, streamsOf } from "./see.js";
import { leaseVideoEncoder } from "./video-tokens.js";
import { latentTime, planWindows, type Window } from "./windows.js";

/** Sound as the codec made it. */
export interface RawPiece {
  /** Planar; the pieces of a clip follow one another without a gap. */
  readonly channels: readonly Float32Array[];
  /** What is to be heard in it; times are those of the clip. */
  readonly events: EventTrack;
  /** Whether nothing follows. */
  readonly last: boolean;
}

/** What is known of the whole once the last piece is there; warnings and times before it. */
export interface SoundReport {
  /** Checked settings, with the defaults for what is sampled. */
  settings: GenerateSettings | undefined;
  /** The stretch that gets sound. */
  span: Span | undefined;
  /** What was looked at. */
  picture: MediaFile["info"]["video"];
  /** Rows of the batch. */
  branches: readonly string[];
  /** Latents that were sampled. */
  latentFrames: number;
  /** Tokens that the bridge saw. */
  videoTokens: number;
  /** Windows that were found finished. */
  keptWindows: number;
  /** Where the sounds of two windows meet, seconds from the beginning. */
  readonly joints: number[];
  readonly warnings: string[];
  readonly times: Record<keyof GenerateTimes, number>;
}

/** An empty report, to be filled in. */
export const soundReport = (): SoundReport => ({
  settings: undefined,
  span: undefined,
  picture: undefined,
  branches: [],
  latentFrames: 0,
  videoTokens: 0,
  keptWindows: 0,
  joints: [],
  warnings: [],
  times: { read: 0, video: 0, text: 0, sample: 0, decode: 0, total: 0 },
});

/** Makes the sound of a clip, see `Foley.generate`. */
export async function* soundPieces<Source, M extends MediaFile, T extends Take>(
  parts: FoleyParts,
  host: FoleyHost<Source, M, T>,
  executables: Executables,
  options: GenerateOptions<Source>,
  report: SoundReport,
): AsyncGenerator<RawPiece> {
  const { backbone, bridge, encoder } = parts;
  const { video: source, signal, onError } = options;
  const onProgress = keepingWarnings((message) => report.warnings.push(message), options.onProgress);
  // What is wrong with the request is said before anything is opened; defaults follow when the length is known.
  const { videoStrength, videoGuidanceScale } = checkSettings(options, backbone, backbone.frames(backbone.seconds.maximum));
  const watching = videoStrength > 0 && videoGuidanceScale !== 0;
  const given = options.events && {
    events: checkEvents(options.events),
    encoder: eventEncoder(encoder, "options.events was given"),
  };
  const { warnings, times } = report;
  const timed = clock(times);
  signal?.throwIfAborted();
  const media = source === undefined ? undefined : await timed("read", () => host.open(source, { onError, signal }));
  try {
    const span = resolveSpan(options, media?.info);
    report.span = span;
    report.picture = media?.info.video;
    warnings.push(...oddities(parts, media, given?.events, span));
    const windows = planWindows(backbone, span.duration);
    const { to: length } = windows[0] as Window;
    const seconds = sampledSeconds(backbone, windows.length === 1 ? span.duration : latentTime(backbone, length));
    const settings = checkSettings(options, backbone, backbone.frames(seconds));
    report.settings = settings;
    warnings.push(...unknownWords(backbone, settings.prompt));
    const slowness = slownessOf(await host.runtime.capabilities());
    if (slowness !== undefined) warnings.push(slowness);
    // Networks are loaded while frames are decoded; what fails here fails again, and is reported, where it is needed.
    if (media) loadAhead(executables, parts, seconds).catch(() => undefined);

    // One window is made as fast as it is kept and found.
    const store = windows.length > 1 ? options.keep : undefined;
    const warn = (message: string): void => onProgress({ type: "warning", message });
    const keeper = createKeeper({ store, backbone, runtime: host.runtime, readWeights: host.readWeights, warn });
    let conditions: BranchConditions | undefined;
    let latents: PlainTensor<"float32"> | undefined;
    const sound = pendingSound(backbone.codec.sampleRate);
    let heard: EventTrack = [];
    for (const [index, window] of windows.entries()) {
      if (windows.length > 1) {
        const seconds = latentTime(backbone, window.fresh);
        onProgress({ type: "window-start", index, count: windows.length, seconds, totalSeconds: span.duration });
      }
      const at = latentTime(backbone, window.from);
      const stretch: Span = {
        start: span.start + at,
        duration: Math.min(windows.length === 1 ? span.duration : seconds, span.duration - at),
      };
      const before = times.video;
      const seen = await timed("read", () =>
        see(stretch, {
          ...{ parts, executables, media, given, watching, seconds, onError, signal, onProgress },
          shots: windows.length > 1,
          timed: (work) => timed("video", work),
        }),
      );
      times.read -= times.video - before;
      // Nothing is read any more: what the file holds is let go before the sampling.
      if (index === windows.length - 1) media?.dispose();

      const own = streamsOf(backbone, seen);
      // Words and length are those of the window before; only what the backbone sees by itself differs.
      conditions =
        conditions && !own
          ? conditions
          : await timed("text", () => {
              const { prompt, negativePrompt } = settings;
              return branchConditions(executables, backbone, { prompt, negativePrompt, seconds, video: own }, signal);
            });
      const asked = conditions;
      const bridged = bridgedTokens(parts, seen);
      const known = latents && knownOf(latents, window, windows[index - 1] as Window);
      const request: LatentsRequest = {
        ...{ backbone, bridge, settings, conditions: asked, signal, onProgress },
        bridged,
        seen: seen.tokens.size > 0,
        place: windows.length > 1 ? { from: window.from, known } : undefined,
      };
      const made = await keeper.window(request, async () => {
        const sampled = await timed("sample", () => sampleLatents(executables, request));
        const channels = await timed("decode", () =>
          decode(executables, backbone, soundingOf(backbone, sampled.latents, seconds), { signal, onProgress }),
        );
        return { ...sampled, channels };
      });
      const { channels } = made;
      latents = made.latents;
      report.branches = made.branches;
      report.keptWindows = keeper.found;
      report.latentFrames += asked.size.frames;
      report.videoTokens += bridged?.tokens.shape[1] ?? 0;
      heard = ownEvents(seen, window, { backbone, span, spacing: encoder?.contacts?.spacing ?? 0, before: heard });
      const hop = backbone.codec.hop;
      const next = windows[index + 1];
      const [from, until] = [(window.joint - window.from) * hop, next && (window.until - window.from) * hop];
      const piece = sound.add(
        channels.map((channel) => channel.subarray(from, until)),
        next ? (next.joint - window.joint) * hop : Number.POSITIVE_INFINITY,
      );
      if (piece.joint !== undefined)
        report.joints.push(latentTime(backbone, window.joint) + piece.joint / backbone.codec.sampleRate);
      yield { channels: piece.channels, events: heard, last: !next };
    }
  } finally {
    media?.dispose();
  }
}

/** What is known of a window from the one before. */
const knownOf = (latents: PlainTensor<"float32">, { from, fresh }: Window, before: Window): KnownLatents => ({
  ...{ latents, from: from - before.from, frames: fresh - from },
  fading: before.to - fresh,
});

/** Loads what a clip of `seconds` needs whatever its guidance is; as much of it stays as the cache keeps. */
export async function loadAhead(
  executables: Executables,
  parts: FoleyParts,
  seconds: number,
  onLoaded?: (share: number) => void,
): Promise<void> {
  const { backbone } = parts;
  const loading: readonly Promise<unknown>[] = [
    ...encodersOf(parts).map((encoder) => leaseVideoEncoder(executables, encoder).then((lease) => lease[Symbol.dispose]())),
    loadConditioning(executables, backbone, seconds),
    leaseDecoder(executables, backbone, soundingFrames(backbone, backbone.frames(seconds), seconds)).then((lease) =>
      lease[Symbol.dispose](),
    ),
  ];
  let loaded = 0;
  await Promise.all(loading.map((one) => one.then(() => onLoaded?.(++loaded / loading.length))));
}

/** Adds the time of a work to a part. */
function clock(times: Record<keyof GenerateTimes, number>) {
  return async <R>(part: keyof GenerateTimes, work: () => Promise<R>): Promise<R> => {
    const begun = performance.now();
    try {
      return await work();
    } finally {
      times[part] += performance.now() - begun;
    }
  };
}

/** Sentences about what is odd before anything is made. */
function oddities(parts: FoleyParts, media: MediaFile | undefined, given: EventTrack | undefined, span: Span): string[] {
  const outside = given ? given.length - eventsIn(given, span).length : 0;
  return [
    ...(outside > 0
      ? [`${outside} of ${given?.length} events lie outside of the stretch that gets sound, and are not heard.`]
      : []),
    ...(media?.info.warnings.map(({ message }) => message) ?? []),
    ...(media && encodersOf(parts).length === 0
      ? ["This model has no bridge: the prompt alone decides, the picture has no say."]
      : []),
  ];
}

function unknownWords(backbone: AudioBackbone, prompt: string): string[] {
  const unknown = backbone.unknownWords?.(prompt) ?? [];
  if (unknown.length === 0) return [];
  return [
    `The model does not know the ${unknown.length > 1 ? "words" : "word"} ${unknown.map((word) => `"${word}"`).join(", ")}.`,
  ];
}

/** The events that a window has a say in; one at its beginning may be known from the window before, a frame earlier or later. */
function ownEvents(
  { events }: Seen,
  { fresh, until, to }: Window,
  { backbone, span, spacing, before }: { backbone: AudioBackbone; span: Span; spacing: number; before: EventTrack },
): EventTrack {
  const last = before.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
  const from = fresh === 0 ? Number.NEGATIVE_INFINITY : span.start + latentTime(backbone, fresh);
  const end = until === to ? Number.POSITIVE_INFINITY : span.start + latentTime(backbone, until);
  return events.filter(({ time }) => time >= from - spacing && time < end && (time >= from + spacing || time > last + spacing));
}

/** Sound that waits for the window after it: of the stretch where that takes over. */
function pendingSound(sampleRate: number) {
  let waiting: readonly Float32Array[] | undefined;
  return {
    /** Takes what a window made from its joint on; the first `finished` samples of it are given back, with the passage from the window before. */
    add(channels: readonly Float32Array[], finished: number) {
      const shared = waiting?.[0]?.length ?? 0;
      const again = channels.map((channel) => channel.subarray(0, shared));
      const passage = waiting && joined(waiting, again, sampleRate);
      const whole = channels.map((channel, index) => {
        const out = channel.slice();
        if (passage) out.set(passage.channels[index] as Float32Array);
        return out;
      });
      waiting = whole.map((channel) => channel.slice(finished));
      return { channels: whole.map((channel) => channel.subarray(0, finished)), joint: passage?.at };
    },
  };
}

/** So many of the latents of a clip sound in it. */
const soundingFrames = ({ codec }: AudioBackbone, frames: number, seconds: number): number =>
  soundingLatents(codec, frames, latentsFor(codec, seconds));

const soundingOf = (backbone: AudioBackbone, latents: PlainTensor<"float32">, seconds: number): PlainTensor<"float32"> =>
  firstLatents(latents, soundingFrames(backbone, latents.shape[2] as number, seconds));

async function decode(
  executables: Executables,
  backbone: AudioBackbone,
  latents: PlainTensor<"float32">,
  { signal, onProgress }: Pick<GenerateOptions<unknown>, "signal" | "onProgress">,
): Promise<readonly Float32Array[]> {
  const frames = latents.shape[2] as number;
  const { whole, input } = decoderOf(backbone.codec, frames);
  let seen = latents;
  if (whole !== undefined) {
    using first = await executables.lease(`decode whole ${frames}`, () => whole, backbone.codec.weights);
    const { features } = await first.executable.run({ latents }, { signal });
    seen = features as PlainTensor<"float32">;
  }
  using decoder = await leaseDecoder(executables, backbone, frames);
  const audio = await decodeInPieces(backbone.codec, seen, async (piece, done, total) => {
    onProgress?.({ type: "decode-progress", done, total });
    const { audio: sound } = await decoder.executable.run({ [input]: piece }, { signal });
    onProgress?.({ type: "decode-progress", done: done + 1, total });
    return sound as PlainTensor<"float32">;
  });
  const [, channels, samples] = audio.shape as readonly [number, number, number];
  return Array.from({ length: channels }, (_, channel) => audio.data.subarray(channel * samples, (channel + 1) * samples));
}

/** The decoder for the pieces that `frames` latents are decoded in. */
function leaseDecoder(executables: Executables, { codec }: AudioBackbone, frames: number) {
  const length = planDecode(codec, frames)[0]?.to ?? frames;
  return executables.lease(
    `decode ${length}${length < frames ? " in pieces" : ""}`,
    () => decoderOf(codec, frames).piece,
    codec.weights,
  );
}
