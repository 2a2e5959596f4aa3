/** The sound of a clip as a whole: its stream, collected. */
import type { EventTrack } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import type { GenerateOptions } from "../options.js";
import type { FoleyHost, FoleyParts } from "../parts.js";
import type { Take } from "../take.js";
import type { Executables } from "./executables.js";
import { type SoundPiece, streamSound } from "./stream.js";

/** Makes sound for a clip, see `Foley.generate`. */
export async function generate<Source, M extends MediaFile, T extends Take>(
  parts: FoleyParts,
  host: FoleyHost<Source, M, T>,
  executables: Executables,
  options: GenerateOptions<Source>,
): Promise<T> {
  const { video: source, onError } = options;
  const pieces: SoundPiece[] = [];
  const stream = streamSound(parts, host, executables, options);
  let next = await stream.next();
  for (; !next.done; next = await stream.next()) pieces.push(next.value);
  const events: EventTrack = pieces.flatMap((piece) => piece.events).sort((a, b) => a.time - b.time);
  return host.take({
    ...next.value,
    channels: whole(pieces),
    sampleRate: parts.backbone.codec.sampleRate,
    events,
    clip: source,
    open: source === undefined ? undefined : () => host.open(source, { onError }),
  });
}

/** Channels of pieces, one after another. */
function whole(pieces: readonly SoundPiece[]): readonly Float32Array[] {
  const [first] = pieces;
  if (first === undefined || pieces.length === 1) return first?.channels ?? [];
  return first.channels.map((_, channel) => {
    const out = new Float32Array(pieces.reduce((sum, { channels }) => sum + (channels[channel]?.length ?? 0), 0));
    let at = 0;
    for (const { channels } of pieces) {
      const part = channels[channel] as Float32Array;
      out.set(part, at);
      at += part.length;
    }
    return out;
  });
}
