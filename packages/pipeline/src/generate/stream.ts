/** The sound of a clip as it gets finished: what the windows gave, at its level, and at the end what is to be said of the whole. */
import type { EventTrack, Warning } from "@foley-control/core";
import type { MediaFile, Pcm } from "@foley-control/media";
import type { Span } from "../clip/span.js";
import { createJoiner } from "../known/join-known.js";
import type { GenerateOptions, GenerateSettings } from "../options.js";
import type { FoleyHost, FoleyParts } from "../parts.js";
import type { Take, TakeDiagnostics } from "../take.js";
import type { Executables } from "./executables.js";
import { createFinisher } from "./finish.js";
import { soundPieces, soundReport } from "./pieces.js";

/** Finished sound: the pieces of a clip follow one another without a gap, and together are the sound that `Foley.generate` gives. */
export interface SoundPiece extends Pcm {
  /** Where it begins, seconds from the beginning of the sound. */
  readonly startSeconds: number;
  /** How long the whole sound lasts, seconds: it has `round(totalSeconds × sampleRate)` samples. */
  readonly totalSeconds: number;
  /** What is to be heard in it; times are those of the clip. */
  readonly events: EventTrack;
}

/** What is known of a sound when its last piece is there. */
export interface SoundSummary {
  /** The stretch of the clip that it belongs to. */
  readonly span: Span;
  /** How it was made. */
  readonly diagnostics: TakeDiagnostics;
}

/** What a take is made from besides the sound. */
export interface StreamedSound extends SoundSummary {
  /** What was looked at. */
  readonly picture: MediaFile["info"]["video"];
  /** Adds to the warnings of `diagnostics`. */
  readonly warn: (warning: Warning) => void;
}

/** Makes the sound of a clip, see `Foley.stream`. */
export async function* streamSound<Source, M extends MediaFile, T extends Take>(
  parts: FoleyParts,
  host: FoleyHost<Source, M, T>,
  executables: Executables,
  options: GenerateOptions<Source>,
): AsyncGenerator<SoundPiece, StreamedSound, undefined> {
  const { backbone, encoder, beside = [] } = parts;
  const { sampleRate, channels: channelCount } = backbone.codec;
  const report = soundReport();
  const begun = performance.now();
  let finisher: ReturnType<typeof createFinisher> | undefined;
  let joiner: ReturnType<typeof createJoiner> | undefined;
  let given = 0;
  for await (const { channels, events, last } of soundPieces(parts, host, executables, options, report)) {
    const totalSeconds = (report.span as Span).duration;
    const { known } = report;
    finisher ??= createFinisher(channelCount, sampleRate, totalSeconds, { limited: known !== undefined });
    joiner ??= createJoiner(known, sampleRate, totalSeconds);
    const finished = joiner.push(finisher.push(channels, last), last);
    if (last) report.times.total = performance.now() - begun;
    const { sampleRate: rate } = joiner;
    yield { sampleRate: rate, channels: finished, startSeconds: given / rate, totalSeconds, events };
    given += finished[0]?.length ?? 0;
  }
  const {
    settings,
    span,
    picture,
    warnings,
    times,
    known: _,
    ...sampled
  } = report as typeof report & {
    settings: GenerateSettings;
    span: Span;
  };
  return {
    span,
    picture,
    diagnostics: {
      settings,
      parts: {
        backbone: backbone.id,
        ...(encoder && { encoder: encoder.id }),
        ...(beside.length > 0 && { beside: beside.map(({ id }) => id) }),
      },
      ...sampled,
      gainDb: finisher?.gainDb ?? 0,
      milliseconds: times,
      warnings,
    },
    warn: (warning) => warnings.push(warning),
  };
}
