/** The sound of a clip as a whole: its stream, collected. */
import type { EventTrack } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import type { GenerateOptions } from "../options.js";
import type { FoleyHost, FoleyParts } from "../parts.js";
import { DEFAULT_SCRATCH_BYTES, type ScratchWriter, type SoundScratch } from "../scratch.js";
import type { Take } from "../take.js";
import type { Executables } from "./executables.js";
import { streamSound } from "./stream.js";

/** Makes sound for a clip, see `Foley.generate`. */
export async function generate<Source, M extends MediaFile, T extends Take>(
  parts: FoleyParts,
  host: FoleyHost<Source, M, T>,
  executables: Executables,
  options: GenerateOptions<Source>,
): Promise<T> {
  const { video: source, onError } = options;
  const { sampleRate, channels: channelCount } = parts.backbone.codec;
  const stream = streamSound(parts, host, executables, options);
  const events: EventTrack[number][] = [];
  let place: ScratchWriter | undefined;
  try {
    let next = await stream.next();
    for (; !next.done; next = await stream.next()) {
      const { channels, totalSeconds, events: heard } = next.value;
      const length = Math.round(totalSeconds * sampleRate);
      const isLong = 4 * channelCount * length > DEFAULT_SCRATCH_BYTES;
      const scratch = options.scratch ?? (isLong ? host.scratch : undefined) ?? memory;
      place ??= await scratch.begin({ sampleRate, channelCount, length });
      await place.append(channels);
      events.push(...heard);
    }
    return host.take({
      ...next.value,
      sound: await (place as ScratchWriter).end(),
      events: events.sort((a, b) => a.time - b.time),
      clip: source,
      open: source === undefined ? undefined : () => host.open(source, { onError }),
    });
  } catch (error) {
    await place?.discard().catch(() => undefined);
    throw error;
  }
}

/** What is not long stays in memory. */
const memory: SoundScratch = {
  async begin({ sampleRate, channelCount, length }) {
    const data = new Float32Array(channelCount * length);
    const channels = Array.from({ length: channelCount }, (_, channel) =>
      data.subarray(channel * length, (channel + 1) * length),
    );
    let written = 0;
    return {
      async append(piece) {
        for (const [index, channel] of channels.entries()) channel.set(piece[index] as Float32Array, written);
        written += piece[0]?.length ?? 0;
      },
      async end() {
        const read = async (from: number, to: number) => channels.map((channel) => channel.subarray(from, to));
        return { sampleRate, channelCount, length, read, whole: () => ({ sampleRate, channels }) };
      },
      discard: async () => undefined,
    };
  },
};
