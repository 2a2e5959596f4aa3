/** The sound of a clip as a whole: its pieces joined, finished, and what is to be said of them. */
import type { EventTrack } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import type { Span } from "../clip/span.js";
import type { GenerateOptions, GenerateSettings } from "../options.js";
import type { FoleyHost, FoleyParts } from "../parts.js";
import type { Take } from "../take.js";
import type { Executables } from "./executables.js";
import { finishSound } from "./finish.js";
import { type SoundPiece, soundPieces, soundReport } from "./pieces.js";

/** Makes sound for a clip, see `Foley.generate`. */
export async function generate<Source, M extends MediaFile, T extends Take>(
  parts: FoleyParts,
  host: FoleyHost<Source, M, T>,
  executables: Executables,
  options: GenerateOptions<Source>,
): Promise<T> {
  const { backbone, encoder } = parts;
  const { video: source, onError } = options;
  const report = soundReport();
  const begun = performance.now();
  const pieces: SoundPiece[] = [];
  for await (const piece of soundPieces(parts, host, executables, options, report)) pieces.push(piece);
  const { settings, span, warnings, times, ...sampled } = report as typeof report & { settings: GenerateSettings; span: Span };
  const { channels, gainDb } = finishSound(
    whole(pieces.map((piece) => piece.channels)),
    backbone.codec.sampleRate,
    span.duration,
  );
  times.total = performance.now() - begun;
  const events: EventTrack = pieces.flatMap((piece) => piece.events).sort((a, b) => a.time - b.time);
  return host.take({
    channels,
    sampleRate: backbone.codec.sampleRate,
    span,
    events,
    clip: source,
    open: source === undefined ? undefined : () => host.open(source, { onError }),
    diagnostics: {
      settings,
      parts: { backbone: backbone.id, ...(encoder && { encoder: encoder.id }) },
      ...sampled,
      gainDb,
      milliseconds: times,
      warnings,
    },
    warn: (message) => warnings.push(message),
  });
}

/** Channels of pieces, one after another. */
function whole(pieces: readonly (readonly Float32Array[])[]): readonly Float32Array[] {
  const [first] = pieces;
  if (first === undefined || pieces.length === 1) return first ?? [];
  return first.map((_, channel) => {
    const out = new Float32Array(pieces.reduce((sum, piece) => sum + (piece[channel]?.length ?? 0), 0));
    let at = 0;
    for (const piece of pieces) {
      const part = piece[channel] as Float32Array;
      out.set(part, at);
      at += part.length;
    }
    return out;
  });
}
