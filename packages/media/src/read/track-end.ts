/** Where a track really ends: some containers (Matroska) do not store how long their last packet lasts. */
import { EncodedPacketSink, type InputTrack } from "mediabunny";

/** End of the last packet in seconds, in the file's own time. A missing last duration is taken from the header, else from the packet before. */
export async function trackEnd(track: InputTrack): Promise<number> {
  const sink = new EncodedPacketSink(track);
  const last = await sink.getPacket(Number.POSITIVE_INFINITY, { metadataOnly: true });
  if (!last) return track.getFirstTimestamp();
  const end = await track.computeDuration();
  if (last.duration > 0 || end > last.timestamp) return end;
  const before = await sink.getPacket(last.timestamp - 1e-6, { metadataOnly: true });
  const step = before ? last.timestamp - before.timestamp : 0;
  const promised = await track.getDurationFromMetadata();
  if (promised !== null && promised > last.timestamp && promised <= last.timestamp + step + 0.001) return promised;
  return last.timestamp + step;
}
