/** A long clip out of a short one: its packets again and again, so that an hour costs the encoding of seconds. */
import {
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  FilePathTarget,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from "mediabunny";

/** Writes the tracks of `short`, an mp4, `times` times in a row. */
export async function repeatClip(
  short: string,
  long: string,
  { seconds, times }: { readonly seconds: number; readonly times: number },
): Promise<void> {
  using input = new Input({ source: new FilePathSource(short), formats: [MP4] });
  const video = await input.getPrimaryVideoTrack();
  const audio = await input.getPrimaryAudioTrack();
  if (!video || !audio) throw new Error(`${short} has no picture or no sound.`);
  const [videoCodec, audioCodec] = [await video.getCodec(), await audio.getCodec()];
  const [videoConfig, audioConfig] = [await video.getDecoderConfig(), await audio.getDecoderConfig()];
  if (!videoCodec || !audioCodec || !videoConfig || !audioConfig) throw new Error(`${short} has codecs of no name.`);
  const pictures = await all(new EncodedPacketSink(video).packets());
  const sounds = (await all(new EncodedPacketSink(audio).packets())).filter(({ timestamp }) => timestamp >= 0);
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: false }), target: new FilePathTarget(long) });
  const pictureSource = new EncodedVideoPacketSource(videoCodec);
  const soundSource = new EncodedAudioPacketSource(audioCodec);
  output.addVideoTrack(pictureSource);
  output.addAudioTrack(soundSource);
  await output.start();
  for (let round = 0; round < times; round++) {
    const at = round * seconds;
    for (const packet of pictures)
      await pictureSource.add(packet.clone({ timestamp: packet.timestamp + at }), { decoderConfig: videoConfig });
    for (const packet of sounds)
      await soundSource.add(packet.clone({ timestamp: packet.timestamp + at }), { decoderConfig: audioConfig });
  }
  await output.finalize();
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}
