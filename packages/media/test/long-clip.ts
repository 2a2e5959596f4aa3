/** Clips of many minutes at the price of seconds: one key frame of a fixture a second, each with as much filler as is asked for. */
import {
  BufferSource,
  BufferTarget,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from "mediabunny";

/** Filler data (ISO/IEC 14496-10 §7.3.2.7), which decoders leave out, as a unit of the length-prefixed stream that mp4 holds. */
function filler(bytes: number): Uint8Array {
  const unit = new Uint8Array(4 + bytes).fill(0xff);
  new DataView(unit.buffer).setUint32(0, bytes);
  unit[4] = 12;
  unit[unit.length - 1] = 0x80;
  return unit;
}

/** An mp4 of one frame a second, or of `rate` of them, and no sound, made of an mp4 with H.264. */
export async function longClip(
  short: Uint8Array<ArrayBuffer>,
  { seconds, bytesPerFrame, rate = 1 }: { readonly seconds: number; readonly bytesPerFrame: number; readonly rate?: number },
): Promise<Uint8Array<ArrayBuffer>> {
  using input = new Input({ source: new BufferSource(short), formats: [MP4] });
  const track = await input.getPrimaryVideoTrack();
  const decoderConfig = (await track?.getDecoderConfig()) ?? undefined;
  const key: EncodedPacket | null | undefined = track && (await new EncodedPacketSink(track).getFirstPacket());
  if (!key || !decoderConfig) throw new Error("The short clip has no picture.");
  const more = filler(bytesPerFrame);
  const data = new Uint8Array(key.data.length + more.length);
  data.set(key.data);
  data.set(more, key.data.length);
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: false }), target });
  const source = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(source);
  await output.start();
  for (let frame = 0; frame < seconds * rate; frame++)
    await source.add(key.clone({ data, timestamp: frame / rate, duration: 1 / rate }), { decoderConfig });
  await output.finalize();
  return new Uint8Array(target.buffer as ArrayBuffer);
}
