/**
 * Pictures that the muxing library does not list: in a transport stream it leaves out streams of codecs it does not know
 * (ISO/IEC 13818-1 table 2-34), in Ogg everything but sound. "It has sound only" would be untrue of such a file.
 */
import type { ReadBytes } from "./boxes.js";

/** Bytes in which the tables of a transport stream, or the first pages of an Ogg file, are looked for. */
const SEARCHED = 1 << 20;
const PACKET = 188;
const SYNC = 0x47;

const streamTypes: Readonly<Record<number, string>> = {
  1: "MPEG-1 video",
  2: "MPEG-2 video",
  16: "MPEG-4 part 2",
  31: "SVC",
  32: "MVC",
  33: "JPEG 2000",
  51: "H.266",
  66: "AVS",
  209: "Dirac",
  234: "VC-1",
};

const oggPictures: readonly (readonly [beginning: string, name: string])[] = [
  ["\x80theora", "Theora"],
  ["BBCD", "Dirac"],
  ["\x01video", "an OGM video codec"],
];

/** Name of the codec of a picture in a file whose tracks list none; `undefined` when there is no picture. */
export async function unreadPicture(container: string, read: ReadBytes, size: number): Promise<string | undefined> {
  if (container === "ogg") return inOgg(await read(0, Math.min(size, SEARCHED)));
  if (container === "ts") return inTransportStream(await read(0, Math.min(size, SEARCHED)));
  return undefined;
}

function inOgg(bytes: Uint8Array): string | undefined {
  // Every stream begins with a page of its own, flagged as a beginning, before any data.
  for (let at = 0; at + 27 < bytes.length && latin(bytes, at, 4) === "OggS" && (bytes[at + 5] as number) & 2; ) {
    const segments = bytes[at + 26] as number;
    const body = at + 27 + segments;
    const found = oggPictures.find(([beginning]) => latin(bytes, body, beginning.length) === beginning);
    if (found) return found[1];
    at = body + bytes.subarray(at + 27, body).reduce((sum, value) => sum + value, 0);
  }
  return undefined;
}

function inTransportStream(bytes: Uint8Array): string | undefined {
  const maps = new Set<number>();
  let at = bytes.indexOf(SYNC);
  // Cameras put four bytes of time before each packet.
  const step = at >= 0 && bytes[at + PACKET] !== SYNC && bytes[at + PACKET + 4] === SYNC ? PACKET + 4 : PACKET;
  for (; at >= 0 && at + PACKET <= bytes.length; at += step) {
    if (bytes[at] !== SYNC) continue;
    const word = ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    const control = ((bytes[at + 3] as number) >> 4) & 3;
    const identifier = word & 0x1fff;
    if (!(word & 0x4000) || control === 2 || (identifier !== 0 && !maps.has(identifier))) continue;
    const payload = at + 4 + (control === 3 ? 1 + (bytes[at + 4] as number) : 0);
    const section = payload + 1 + (bytes[payload] as number);
    if (section + 12 > at + PACKET) continue;
    const end = Math.min(at + PACKET, section + 3 + twelve(bytes, section + 1) - 4);
    if (identifier === 0) {
      for (let i = section + 8; i + 4 <= end; i += 4) maps.add(thirteen(bytes, i + 2));
      continue;
    }
    for (let i = section + 12 + twelve(bytes, section + 10); i + 5 <= end; i += 5 + twelve(bytes, i + 3)) {
      const name = streamTypes[bytes[i] as number];
      if (name) return name;
    }
  }
  return undefined;
}

const twelve = (bytes: Uint8Array, at: number): number => (((bytes[at] as number) & 15) << 8) | (bytes[at + 1] as number);
const thirteen = (bytes: Uint8Array, at: number): number => (((bytes[at] as number) & 31) << 8) | (bytes[at + 1] as number);
const latin = (bytes: Uint8Array, at: number, count: number): string => String.fromCharCode(...bytes.subarray(at, at + count));
