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
  const stream = streamSound(parts, host, executables, options);
  const events: EventTrack[number][] = [];
  let place: ScratchWriter | undefined;
  try {
    let next = await stream.next();
    for (; !next.done; next = await stream.next()) {
      const { channels, sampleRate, totalSeconds, events: heard } = next.value;
      const channelCount = channels.length;
      const length = Math.round(totalSeconds * sampleRate);
      const isLong = 4 * channelCount * length > DEFAULT_SCRATCH_BYTES;
      const scratch = options.scratch ?? (isLong ? host.scratch : undefined) ?? memory;
      place ??= await scratch.begin({ sampleRate, channelCount, length });
      await place.append(channels);
      events.push(...heard);
    }
    const { picture, ...made } = next.value;
    return host.take({
      ...made,
      sound: await (place as ScratchWriter).end(),
      events: events.sort((a, b) => a.time - b.time),
      clip: source,
      open:
        source === undefined
          ? undefined
          : async () => {
              const media = await host.open(source, { onError });
              if (!isSame(media.info.video, picture)) made.warn({ code: "clip-changed", message: CHANGED, values: {} });
              return media;
            },
    });
  } catch (error) {
    await place?.discard().catch(() => undefined);
    throw error;
  }
}

const CHANGED = "The clip is no longer the one that the sound was made for: its picture is of another length, size or codec.";

/** Whether a picture that is opened again can be the one that was looked at. */
const isSame = (one: Picture, other: Picture): boolean =>
  (["duration", "width", "height", "codec"] as const).every((field) => one?.[field] === other?.[field]);
type Picture = MediaFile["info"]["video"];

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
