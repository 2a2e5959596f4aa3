/** What is known of a stretch of a clip before there is sound: what each encoder says of its pictures, and what is to be heard. */
import { packTokens, type TokenPart } from "@foley-control/bridge";
import type { AudioBackbone, EventTrack, Executable, PlainTensor, ProgressListener, VideoEncoder } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import { withFoundEvents } from "@foley-control/video-encoder";
import { type EventEncoder, eventsIn, later } from "../clip/events.js";
import type { Span } from "../clip/span.js";
import type { FoleyParts } from "../parts.js";
import type { Executables } from "./executables.js";
import { encodeVideo, givenTokens, leaseVideoEncoder } from "./video-tokens.js";

/** What is known of a stretch. */
export interface Seen {
  /** [1, tokens, width] of each encoder that looked. */
  readonly tokens: ReadonlyMap<VideoEncoder, PlainTensor<"float32">>;
  /** What is to be heard; times are those of the clip. */
  readonly events: EventTrack;
}

/** What a stretch is looked at with. */
export interface SeeOptions {
  readonly parts: FoleyParts;
  readonly executables: Executables;
  /** The clip; `undefined` when there is none. */
  readonly media: MediaFile | undefined;
  /** Events that take the place of what is seen, and who tells of them. */
  readonly given: { readonly events: EventTrack; readonly encoder: EventEncoder } | undefined;
  /** Whether the picture has a say. */
  readonly watching: boolean;
  /** Length of what is sampled. */
  readonly seconds: number;
  /** Whether the shots of a film are looked at one by one. */
  readonly shots: boolean;
  /** Measures the time that networks take. */
  readonly timed: <R>(work: () => Promise<R>) => Promise<R>;
  readonly onError?: "throw" | "hold" | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** Looks at a stretch of a clip. */
export async function see(span: Span, options: SeeOptions): Promise<Seen> {
  const { parts, executables, media, given, watching, seconds, shots, timed, ...reading } = options;
  const tokens = new Map<VideoEncoder, PlainTensor<"float32">>();
  let events: EventTrack = [];
  if (given) {
    events = eventsIn(given.events, span);
    if (watching) tokens.set(given.encoder, givenTokens(given.encoder, later(events, -span.start), seconds));
  }
  if (!media || !watching) return { tokens, events };
  for (const each of encodersOf(parts)) {
    if (tokens.has(each)) continue;
    using lease = await timed(() => leaseVideoEncoder(executables, each));
    const { executable } = lease;
    const run: typeof executable.run = (...inputs) => timed(() => executable.run(...inputs));
    const { runEach } = executable;
    const measured: Executable = {
      ...executable,
      run,
      ...(runEach && { runEach: (...inputs: Parameters<typeof runEach>) => timed(() => runEach(...inputs)) }),
    };
    const encoded = await encodeVideo(media, each, measured, span, { ...reading, seconds, shots });
    const found = withFoundEvents(encoded, each);
    tokens.set(each, found.tokens);
    if (each === parts.encoder) events = eventsIn(later(found.events, span.start), span);
  }
  return { tokens, events };
}

/** Everything that looks at the picture, each once. */
export const encodersOf = ({ backbone, encoder, beside = [] }: FoleyParts): readonly VideoEncoder[] => [
  ...new Set([...(encoder ? [encoder] : []), ...beside, ...backbone.streams.map((stream) => stream.encoder)]),
];

/** What a bridge reads: the tokens of its encoders as one tensor, and which of them are whose. */
export interface BridgedTokens {
  /** [1, tokens, width]. */
  readonly tokens: PlainTensor<"float32">;
  /** Of each encoder. */
  readonly parts: readonly TokenPart[];
}

/** What the bridge reads of what was seen; `undefined` without an encoder, or where none saw anything. */
export function bridgedTokens({ encoder, beside = [] }: FoleyParts, { tokens }: Seen): BridgedTokens | undefined {
  const encoders = encoder ? [encoder, ...beside] : [];
  const found = encoders.flatMap((each) => tokens.get(each) ?? []);
  if (found.length === 0) return undefined;
  const parts = encoders.map((each) => ({ tokens: tokens.get(each)?.shape[1] ?? 0, tokenWidth: each.tokenWidth }));
  return { tokens: packTokens(found), parts };
}

/** What the streams of a backbone's own read, by name; `undefined` where it has none or nothing was seen. */
export function streamsOf(
  { streams }: AudioBackbone,
  { tokens }: Seen,
): Readonly<Record<string, PlainTensor<"float32">>> | undefined {
  const entries = streams.flatMap(({ name, encoder }) => {
    const found = tokens.get(encoder);
    return found ? [[name, found] as const] : [];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
