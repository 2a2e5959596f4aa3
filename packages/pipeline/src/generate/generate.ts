/** One clip's road from file to sound (design: "The road of one clip"). */
import { decodeInPieces, planDecode, sampledSeconds } from "@foley-control/audio-backbone";
import type { AudioBackbone, EventTrack, PlainTensor, VideoEncoder } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import { slownessOf } from "@foley-control/runtime";
import { withFoundEvents } from "@foley-control/video-encoder";
import { checkEvents, eventEncoder, eventsIn, later } from "../clip/events.js";
import { resolveSpan, type Span } from "../clip/span.js";
import { checkSettings, type GenerateOptions } from "../options.js";
import type { FoleyHost, FoleyParts } from "../parts.js";
import type { GenerateTimes, Take } from "../take.js";
import { branchConditions, loadConditioning } from "./conditions.js";
import type { Executables } from "./executables.js";
import { finishSound } from "./finish.js";
import { sampleLatents } from "./latents.js";
import { encodeVideo, givenTokens, leaseVideoEncoder } from "./video-tokens.js";

type Tokens = ReadonlyMap<VideoEncoder, PlainTensor<"float32">>;

/** What is known of a clip before there is sound. */
interface Seen {
  readonly span: Span;
  readonly tokens: Tokens;
  readonly events: EventTrack;
}

/** Makes sound for a clip, see `Foley.generate`. */
export async function generate<Source, M extends MediaFile, T extends Take>(
  parts: FoleyParts,
  host: FoleyHost<Source, M, T>,
  executables: Executables,
  options: GenerateOptions<Source>,
): Promise<T> {
  const { backbone, bridge, encoder } = parts;
  const { video: source, signal, onProgress } = options;
  // What is wrong with the request is said before anything is opened; defaults follow when the length is known.
  const { videoStrength, videoGuidanceScale } = checkSettings(options, backbone, backbone.frames(backbone.seconds.maximum));
  const watching = videoStrength > 0 && videoGuidanceScale !== 0;
  const given = options.events && {
    events: checkEvents(options.events),
    encoder: eventEncoder(encoder, "options.events was given"),
  };
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
    const look = async (media: M | undefined): Promise<Seen> => {
      const span = resolveSpan(options, media?.info, backbone.seconds.maximum);
      const seconds = sampledSeconds(backbone, span.duration);
      const tokens = new Map<VideoEncoder, PlainTensor<"float32">>();
      let events: EventTrack = [];
      if (given) {
        events = eventsIn(given.events, span);
        const outside = given.events.length - events.length;
        if (outside > 0)
          warnings.push(
            `${outside} of ${given.events.length} events lie outside of the stretch that gets sound, and are not heard.`,
          );
        if (watching) tokens.set(given.encoder, givenTokens(given.encoder, later(events, -span.start), seconds));
      }
      if (!media) return { span, tokens, events };
      warnings.push(...media.info.warnings.map(({ message }) => message));
      const encoders = encodersOf(parts);
      if (encoders.length === 0) warnings.push("This model has no bridge: the prompt alone decides, the picture has no say.");
      // Networks are loaded while frames are decoded; what fails here fails again, and is reported, where it is needed.
      loadAhead(executables, parts, seconds).catch(() => undefined);
      if (!watching) return { span, tokens, events };
      for (const each of encoders) {
        if (tokens.has(each)) continue;
        using lease = await timed("video", () => leaseVideoEncoder(executables, each));
        const { executable } = lease;
        const run: typeof executable.run = (...given) => timed("video", () => executable.run(...given));
        const seen = await encodeVideo(media, each, { ...executable, run }, span, { ...reading, seconds, onProgress });
        const found = withFoundEvents(seen, each);
        tokens.set(each, found.tokens);
        if (each === encoder) events = eventsIn(later(found.events, span.start), span);
      }
      return { span, tokens, events };
    };
    const { span, tokens, events } = await timed("read", async () => {
      const media = source === undefined ? undefined : await host.open(source, reading);
      try {
        return await look(media);
      } finally {
        media?.dispose();
      }
    });
    times.read -= times.video;

    const seconds = sampledSeconds(backbone, span.duration);
    const settings = checkSettings(options, backbone, backbone.frames(seconds));
    const unknown = backbone.unknownWords?.(settings.prompt) ?? [];
    if (unknown.length > 0)
      warnings.push(
        `The model does not know the ${unknown.length > 1 ? "words" : "word"} ${unknown.map((word) => `"${word}"`).join(", ")}.`,
      );
    const slowness = slownessOf(await host.runtime.capabilities());
    if (slowness !== undefined) warnings.push(slowness);
    const seen = tokens.size > 0;
    const own = seen ? Object.fromEntries(backbone.streams.flatMap((stream) => entryOf(stream, tokens))) : {};
    const conditions = await timed("text", () =>
      branchConditions(
        executables,
        backbone,
        {
          prompt: settings.prompt,
          negativePrompt: settings.negativePrompt,
          seconds,
          video: Object.keys(own).length > 0 ? own : undefined,
        },
        signal,
      ),
    );
    const bridged = encoder && tokens.get(encoder);
    const { latents, branches } = await timed("sample", () =>
      sampleLatents(executables, { backbone, bridge, settings, conditions, tokens: bridged, seen, signal, onProgress }),
    );
    const { channels, gainDb } = await timed("decode", async () => {
      using decoder = await leaseDecoder(executables, backbone, conditions.size.frames);
      const audio = await decodeInPieces(backbone.codec, latents, async (piece, done, total) => {
        onProgress?.({ type: "decode-progress", done, total });
        const { audio: sound } = await decoder.executable.run({ latents: piece }, { signal });
        onProgress?.({ type: "decode-progress", done: done + 1, total });
        return sound as PlainTensor<"float32">;
      });
      return finishSound(channelsOf(audio), backbone.codec.sampleRate, span.duration);
    });
    const [frames, videoTokens] = [conditions.size.frames, bridged?.shape[1] ?? 0];
    return { span, events, settings, channels, gainDb, branches, frames, videoTokens };
  }).then(({ span, events, settings, channels, gainDb, branches, frames, videoTokens }) =>
    host.take({
      channels,
      sampleRate: backbone.codec.sampleRate,
      span,
      events,
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

/** Loads what a clip of `seconds` needs whatever its guidance is; as much of it stays as the cache keeps. */
export async function loadAhead(executables: Executables, parts: FoleyParts, seconds: number): Promise<void> {
  const { backbone } = parts;
  await Promise.all([
    ...encodersOf(parts).map((encoder) => leaseVideoEncoder(executables, encoder).then((lease) => lease[Symbol.dispose]())),
    loadConditioning(executables, backbone, seconds),
    leaseDecoder(executables, backbone, backbone.frames(seconds)).then((lease) => lease[Symbol.dispose]()),
  ]);
}

/** Everything that looks at the picture, each once. */
const encodersOf = ({ backbone, encoder }: FoleyParts): readonly VideoEncoder[] => [
  ...new Set([...(encoder ? [encoder] : []), ...backbone.streams.map((stream) => stream.encoder)]),
];

function entryOf({ name, encoder }: AudioBackbone["streams"][number], tokens: Tokens) {
  const found = tokens.get(encoder);
  return found ? [[name, found] as const] : [];
}

/** The decoder for the pieces that `frames` latents are decoded in. */
function leaseDecoder(executables: Executables, { codec }: AudioBackbone, frames: number) {
  const length = planDecode(codec, frames)[0]?.to ?? frames;
  return executables.lease(`decode ${length}`, () => codec.decodeGraph({ frames: length }), codec.weights);
}

function channelsOf(audio: PlainTensor<"float32">): readonly Float32Array[] {
  const [, channels, samples] = audio.shape as readonly [number, number, number];
  return Array.from({ length: channels }, (_, channel) => audio.data.subarray(channel * samples, (channel + 1) * samples));
}
