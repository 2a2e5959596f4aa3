/** The side that reads: one file at a time, opened and decoded as the other side asks. */
import { EncodedPacketSink, type StreamTargetChunk } from "mediabunny";
import type { PcmSource } from "../audio/pcm-source.js";
import { inBlocks } from "../audio/sound-stream.js";
import type { OpenedFile } from "../read/open.js";
import type { AudioOptions, FramesOptions, ReplaceAudioOptions } from "../read/types.js";
import type { Handler } from "./peer.js";
import type { AudioItem, FrameItem, PacketItem, PartialFile, WriteRequest } from "./remote-file.js";

/** Samples in one message. */
export const PIECE_OF_SOUND = 1 << 18;

/** How the serving side opens a file, and asks its owner for what it needs to write one. */
export interface FileOwner<Request> {
  open(request: Request, signal: AbortSignal): Promise<OpenedFile>;
  /** Samples [`start`, `end`) of the channels of the sound `key`. */
  samples(key: number, start: number, end: number): Promise<readonly Float32Array[]>;
  /** Takes bytes of the file that is being written. */
  write(key: number, data: Uint8Array<ArrayBuffer>, position: number): Promise<void>;
  /** Writes to a file itself, where it can. */
  writeTo?(file: PartialFile, content: (pieces: WritableStream<StreamTargetChunk>) => Promise<void>): Promise<void>;
  /** Whether what was done to the file left nothing behind, so that another can be opened. */
  healthy?(): boolean;
  /** Is told what is known of the open file, and of the sound that is about to be written, before work begins on it. */
  expects?(file: OpenedFile, seconds: number): void;
}

/** The questions that are answered about a file. */
export function serveFile<Request>(owner: FileOwner<Request>): Readonly<Record<string, Handler>> {
  let file: OpenedFile | undefined;
  const close = (): void => {
    file?.dispose();
    file = undefined;
  };
  const opened = (): OpenedFile => {
    if (!file) throw new Error("No file is open here.");
    return file;
  };
  return {
    async open(request: Request, { signal }) {
      close();
      file = await owner.open(request, signal);
      owner.expects?.(file, 0);
      return file.info;
    },
    async close() {
      close();
      return owner.healthy?.() ?? true;
    },
    async *audio(options: AudioOptions, asked): AsyncGenerator<AudioItem, void> {
      const { sampleRate, channelCount: channels, length, blocks } = await opened().sound({ ...options, ...asked });
      yield { sampleRate, channels, length };
      let at = 0;
      for await (const block of inBlocks(blocks, PIECE_OF_SOUND)) {
        for (const [channel, samples] of block.entries()) yield { channel, at, data: samples.slice() };
        at += block[0]?.length ?? 0;
      }
    },
    async *frames(options: FramesOptions, asked): AsyncGenerator<FrameItem, void> {
      for await (const { rgb, ...frame } of opened().frames({ ...options, ...asked })) {
        yield frame.repeated ? frame : { ...frame, rgb };
      }
    },
    async *packets(_: unknown, { signal }): AsyncGenerator<PacketItem, void> {
      for await (const packet of opened().videoPackets({ signal })) {
        const { type, timestamp, duration, sequenceNumber, byteLength, sideData } = packet;
        // A copy: what the library caches is not given away.
        yield { data: packet.data.slice(), type, timestamp, duration, sequenceNumber, byteLength, sideData };
      }
    },
    async isLarge() {
      return opened().isLarge();
    },
    async write({ key, sampleRate, channels, length, options, inOrder, file: output }: WriteRequest, asked) {
      const open = opened();
      owner.expects?.(open, length / sampleRate);
      const pcm: PcmSource = {
        ...{ sampleRate, channelCount: channels, length },
        async read(from, to) {
          asked.signal.throwIfAborted();
          return owner.samples(key, from, to);
        },
      };
      const written: ReplaceAudioOptions = { ...options, ...asked };
      const content = (pieces: WritableStream<StreamTargetChunk>) => open.writeAudio(pcm, pieces, written, inOrder);
      if (output && owner.writeTo) return owner.writeTo(output, content);
      return content(new WritableStream({ write: ({ data, position }) => owner.write(key, data, position) }));
    },
  };
}

/** Tells of every packet of a file that is read for the first time: decoding moves though no frame comes out yet. */
export function watchPackets(moved: () => void): { reset(): void } {
  const { prototype } = EncodedPacketSink;
  const next = prototype.getNextPacket;
  let furthest = -1;
  prototype.getNextPacket = async function watched(...given) {
    const packet = await next.apply(this, given);
    if (packet && packet.sequenceNumber > furthest) {
      furthest = packet.sequenceNumber;
      moved();
    }
    return packet;
  };
  return {
    reset: () => {
      furthest = -1;
    },
  };
}
