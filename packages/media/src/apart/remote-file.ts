/** The side that asks: a media file whose reading and decoding happen elsewhere. */
import { assertKind, FoleyError, type ProgressListener } from "@foley-control/core";
import type { EncodedPacket } from "mediabunny";
import { type PcmSource, pcmSource, type Sound } from "../audio/pcm-source.js";
import type { SourceName } from "../read/problems.js";
import type { AudioOptions, Frame, FramesOptions, MediaFile, MediaInfo, ReplaceAudioOptions } from "../read/types.js";
import type { AskOptions, Handler, Peer } from "./peer.js";

/** Of a stream of sound first its shape, then pieces of its channels. */
export type AudioItem =
  | { readonly sampleRate: number; readonly channels: number; readonly length: number }
  | { readonly channel: number; readonly at: number; readonly data: Float32Array };

/** A frame; one that repeats the frame before comes without its picture. */
export type FrameItem = Omit<Frame, "rgb"> & { readonly rgb?: Uint8Array };

/** An encoded packet as plain data. */
export type PacketItem = Pick<
  EncodedPacket,
  "data" | "type" | "timestamp" | "duration" | "sequenceNumber" | "byteLength" | "sideData"
>;

/** A file to be written: the sound is asked for piece by piece, the bytes come back the same way. */
export interface WriteRequest {
  readonly key: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly length: number;
  readonly options: ReplaceAudioOptions;
  /** Whether the bytes must come in their order. */
  readonly inOrder: boolean;
  /** The file that the serving side writes to itself; where there is none, or it cannot, the bytes come back. */
  readonly file: PartialFile | undefined;
}

/** A file in the making. */
export interface PartialFile {
  /** Where it is. */
  readonly path: string;
  /** What it will be called, for messages. */
  readonly name: string;
}

/** Receives a file's bytes, in any order. */
export interface BytesOut {
  readonly write: (data: Uint8Array<ArrayBuffer>, position: number) => Promise<void>;
  /** Where they end up: who can write there itself spares them the way through here. */
  readonly file?: PartialFile;
}

/** A {@link MediaFile} that writes its result through a function. */
export interface RemoteFile extends Omit<MediaFile, "replaceAudio" | "writeWithAudio"> {
  /** Whether the picture is too large to wait in memory while it is written. */
  isLarge(): Promise<boolean>;
  writeAudio(pcm: Sound, out: BytesOut, options?: ReplaceAudioOptions, inOrder?: boolean): Promise<void>;
}

interface Writing {
  readonly sound: PcmSource;
  readonly write: BytesOut["write"];
}

/** What the asking side answers: it owns the sound and the file that is written. */
export function writingHandlers(): { readonly handlers: Readonly<Record<string, Handler>>; readonly open: Map<number, Writing> } {
  const open = new Map<number, Writing>();
  const find = (key: number): Writing => {
    const writing = open.get(key);
    if (!writing) throw new FoleyError("disposed", "The file is no longer being written.");
    return writing;
  };
  const handlers = {
    async samples({ key, start, end }: { key: number; start: number; end: number }) {
      // Copies: a view would be sent with all that it is a view of.
      return (await find(key).sound.read(start, end)).map((channel) => channel.slice());
    },
    async write({ key, data, position }: { key: number; data: Uint8Array<ArrayBuffer>; position: number }) {
      await find(key).write(data, position);
    },
  };
  return { handlers, open };
}

let keys = 0;

/**
 * The file `name`, read by whoever `peer` gives: always the same, or a new one when the old one has died.
 *
 * @param close called once, when the file is disposed
 */
export function remoteFile(
  info: MediaInfo,
  name: SourceName,
  peer: () => Promise<{ readonly peer: Peer; readonly writing: Map<number, Writing> }>,
  close: () => void,
): RemoteFile {
  let disposed = false;
  const reach = (): ReturnType<typeof peer> => {
    if (disposed) throw new FoleyError("disposed", `${name} was closed.`, { hint: "Open it again." });
    return peer();
  };
  const dispose = (): void => {
    if (disposed) return;
    disposed = true;
    close();
  };
  return {
    info,
    async audio(options: AudioOptions = {}) {
      const { peer } = await reach();
      let sampleRate = 0;
      let channels: Float32Array[] = [];
      for await (const item of peer.stream<AudioItem>("audio", plain(options), live(options))) {
        if ("data" in item) channels[item.channel]?.set(item.data, item.at);
        else {
          sampleRate = item.sampleRate;
          channels = Array.from({ length: item.channels }, () => new Float32Array(item.length));
        }
      }
      return { sampleRate, channels };
    },
    async *frames(options: FramesOptions = {}): AsyncGenerator<Frame, void, undefined> {
      assertKind("options", options, "object", "Pass { fps: 16, size: [256, 256] }, or leave it out.");
      const { peer } = await reach();
      let shown = new Uint8Array();
      for await (const { rgb, ...frame } of peer.stream<FrameItem>("frames", plain(options), live(options))) {
        // Of its own memory: what arrives may be a view into a larger message.
        if (rgb) shown = rgb.byteLength === rgb.buffer.byteLength ? (rgb as Uint8Array<ArrayBuffer>) : rgb.slice();
        yield { ...frame, rgb: shown };
      }
    },
    async *videoPackets(options = {}) {
      const { peer } = await reach();
      const { EncodedPacket } = await import("./packet.js");
      for await (const item of peer.stream<PacketItem>("packets", undefined, live(options))) {
        const { data, type, timestamp, duration, sequenceNumber, byteLength, sideData } = item;
        yield new EncodedPacket(data, type, timestamp, duration, sequenceNumber, byteLength, sideData);
      }
    },
    async isLarge() {
      return (await reach()).peer.call<boolean>("isLarge", undefined);
    },
    async writeAudio(pcm, { write, file }, options = {}, inOrder = false) {
      const sound = pcmSource(pcm, "pcm");
      const { peer, writing } = await reach();
      const key = keys++;
      writing.set(key, { sound, write });
      try {
        const { sampleRate, channelCount: channels, length } = sound;
        const request = { key, sampleRate, channels, length, options: plain(options), inOrder, file };
        await peer.call("write", request satisfies WriteRequest, live(options));
      } finally {
        writing.delete(key);
      }
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}

/** Options without what cannot be sent. */
function plain<T extends { readonly signal?: AbortSignal | undefined; readonly onProgress?: ProgressListener | undefined }>(
  options: T,
): Omit<T, "signal" | "onProgress"> {
  const { signal, onProgress, ...rest } = options;
  return rest;
}

/** The rest of them. */
const live = ({ signal, onProgress }: AskOptions): AskOptions => ({ signal, onProgress });
