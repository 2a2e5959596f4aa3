/** The road of a clip of any length from file to sound (design: "The road of one clip"), walked window by window; see `planWindows`. */
import { sampledSeconds } from "@foley-control/audio-backbone";
import type { AudioBackbone, EventTrack, PlainTensor, Warning } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import { slownessOf } from "@foley-control/runtime";
import { checkEvents, eventEncoder, eventsIn } from "../clip/events.js";
import { resolveSpan, type Span } from "../clip/span.js";
import { keepingWarnings } from "../keep-warnings.js";
import { createKeeper } from "../kept/keeper.js";
import { type KnownStretch, knownStretch } from "../known/known-sound.js";
import type { GenerateOptions, GenerateSettings } from "../options.js";
import type { FoleyHost, FoleyParts } from "../parts.js";
import type { GenerateTimes, Take } from "../take.js";
import { type BranchConditions, branchConditions, loadConditioning } from "./conditions.js";
import { decode, encode, leaseDecoder, soundingFrames, soundingOf } from "./decode.js";
import { type Executables, keptBytesOn } from "./executables.js";
import { type KeptLatents, type KnownLatents, type LatentsRequest, sampleLatents } from "./latents.js";
import { pendingSound } from "./pending-sound.js";
import { bridgedTokens, encodersOf, type Seen, see, streamsOf } from "./see.js";
import { checkSettings } from "./settings.js";
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
  /** What is there already, checked. */
  known: KnownStretch | undefined;
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
  readonly warnings: Warning[];
  readonly times: Record<keyof GenerateTimes, number>;
}

/** An empty report, to be filled in. */
export const soundReport = (): SoundReport => ({
  settings: undefined,
  span: undefined,
  known: undefined,
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
  const onProgress = keepingWarnings((warning) => report.warnings.push(warning), options.onProgress);
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
    const there = options.known && knownStretch(options.known, span, backbone.codec);
    report.known = there;
    report.picture = media?.info.video;
    warnings.push(...oddities(parts, media, given?.events, span));
    const windows = planWindows(backbone, span.duration);
    const { to: length } = windows[0] as Window;
    const seconds = sampledSeconds(backbone, windows.length === 1 ? span.duration : latentTime(backbone, length));
    const settings = checkSettings(options, backbone, backbone.frames(seconds));
    report.settings = settings;
    warnings.push(...unknownWords(backbone, settings.prompt));
    const capabilities = await host.runtime.capabilities();
    const slowness = slownessOf(capabilities);
    if (slowness !== undefined) warnings.push({ code: "slow", message: slowness, values: {} });
    // Networks are loaded while frames are decoded; what fails here fails again, and is reported, where it is needed.
    // The decoder is needed last: where memory is the processor's it would only stand there while everything else computes.
    const decoder = !Number.isFinite(keptBytesOn(capabilities.device));
    if (media) loadAhead(executables, parts, seconds, { decoder }).catch(() => undefined);

    // One window is made as fast as it is kept and found.
    const store = windows.length > 1 ? options.keep : undefined;
    const warn = (warning: Warning): void => onProgress({ type: "warning", warning });
    const keeper = createKeeper({ store, backbone, runtime: host.runtime, readWeights: host.readWeights, warn });
    let conditions: BranchConditions | undefined;
    let latents: PlainTensor<"float32"> | undefined;
    const sound = pendingSound(backbone.codec.sampleRate);
    let heard: EventTrack = [];
    /** What a window made, as it follows what was there. */
    const inOrder = (window: Window, next: Window | undefined, channels: readonly Float32Array[]): readonly Float32Array[] => {
      const { hop, sampleRate } = backbone.codec;
      const [from, until] = [(window.joint - window.from) * hop, next && (window.until - window.from) * hop];
      const piece = sound.add(
        channels.map((channel) => channel.subarray(from, until)),
        next ? (next.joint - window.joint) * hop : Number.POSITIVE_INFINITY,
      );
      if (piece.joint !== undefined) report.joints.push(latentTime(backbone, window.joint) + piece.joint / sampleRate);
      return piece.channels;
    };
    for (const [index, window] of windows.entries()) {
      if (windows.length > 1) {
        const seconds = latentTime(backbone, window.fresh);
        onProgress({ type: "window-start", index, count: windows.length, seconds, totalSeconds: span.duration });
      }
      const next = windows[index + 1];
      const decided = there?.shares(window.fresh, window.until - window.fresh);
      if (there && decided?.every((share) => share === 1)) {
        // Nothing of this window is made: what is there goes on.
        latents = undefined;
        yield { channels: inOrder(window, next, channelsOf(backbone, there, window)), events: [], last: !next };
        continue;
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
        kept:
          there && (await timed("read", () => keptLatents(executables, backbone, there, window.from, asked.size.frames, signal))),
      };
      const made = await keeper.window(request, async () => {
        const sampled = await timed("sample", () => sampleLatents(executables, request));
        const channels = await timed("decode", () =>
          decode(executables, backbone, soundingOf(backbone, sampled.latents, seconds), { signal, onProgress }),
        );
        return { ...sampled, channels };
      });
      latents = made.latents;
      report.branches = made.branches;
      report.keptWindows = keeper.found;
      report.latentFrames += asked.size.frames;
      report.videoTokens += bridged?.tokens.shape[1] ?? 0;
      heard = ownEvents(seen, window, { backbone, span, spacing: encoder?.contacts?.spacing ?? 0, before: heard });
      yield { channels: inOrder(window, next, made.channels), events: madeEvents(heard, there, span), last: !next };
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
  { decoder = true, onLoaded }: { readonly decoder?: boolean; readonly onLoaded?: (share: number) => void } = {},
): Promise<void> {
  const { backbone } = parts;
  const decoding = () => leaseDecoder(executables, backbone, soundingFrames(backbone, backbone.frames(seconds), seconds));
  const loading: readonly Promise<unknown>[] = [
    ...encodersOf(parts).map((encoder) => leaseVideoEncoder(executables, encoder).then((lease) => lease[Symbol.dispose]())),
    loadConditioning(executables, backbone, seconds),
    ...(decoder ? [decoding().then((lease) => lease[Symbol.dispose]())] : []),
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

/** What is odd before anything is made. */
function oddities(parts: FoleyParts, media: MediaFile | undefined, given: EventTrack | undefined, span: Span): Warning[] {
  const outside = given ? given.length - eventsIn(given, span).length : 0;
  const found: Warning[] = [];
  if (given && outside > 0) {
    const message = `${outside} of ${given.length} events lie outside of the stretch that gets sound, and are not heard.`;
    found.push({ code: "events-outside", message, values: { count: outside, total: given.length } });
  }
  found.push(...(media?.info.warnings ?? []));
  if (media && encodersOf(parts).length === 0) {
    const message = "This model has no bridge: the prompt alone decides, the picture has no say.";
    found.push({ code: "no-bridge", message, values: {} });
  }
  return found;
}

function unknownWords(backbone: AudioBackbone, prompt: string): Warning[] {
  const unknown = backbone.unknownWords?.(prompt) ?? [];
  if (unknown.length === 0) return [];
  const words = unknown.map((word) => `"${word}"`).join(", ");
  const message = `The model does not know the ${unknown.length > 1 ? "words" : "word"} ${words}.`;
  return [{ code: "unknown-words", message, values: { words } }];
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

/** What is there already of a window, as latents. */
async function keptLatents(
  executables: Executables,
  backbone: AudioBackbone,
  there: KnownStretch,
  from: number,
  frames: number,
  signal: AbortSignal | undefined,
): Promise<KeptLatents> {
  return {
    latents: await encode(executables, backbone, there.encoded(from, frames), signal),
    shares: there.shares(from, frames),
  };
}

/** What is there already of a window, channel by channel. */
function channelsOf({ codec }: AudioBackbone, there: KnownStretch, { from, to }: Window): readonly Float32Array[] {
  const data = there.encoded(from, to - from);
  const length = data.length / codec.channels;
  return Array.from({ length: codec.channels }, (_, channel) => data.subarray(channel * length, (channel + 1) * length));
}

/** The events that are in what was made. */
const madeEvents = (events: EventTrack, there: KnownStretch | undefined, { start: from }: Span): EventTrack =>
  there ? events.filter(({ time }) => there.anew.some(({ start, end }) => time - from >= start && time - from < end)) : events;
