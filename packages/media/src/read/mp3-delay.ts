/**
 * What an mp3 encoder put before and after the sound. An encoder delays its signal and fills its last frame; LAME, and what writes
 * its tag, say by how many samples (http://gabriel.mp3-tech.org/mp3infotag.html). A decoder delays by 529 samples more.
 */
import type { ReadBytes } from "./boxes.js";
import { EVERYTHING, type TrackWindow } from "./track-window.js";

/** Samples by which every mp3 decoder delays its output. */
const DECODER_DELAY = 529;
/** Bytes behind the tags of an mp3 in which its first frame must begin. */
const SEARCHED = 4096;
/** Programs whose numbers are believed, by the first letters of their name. */
const WRITERS = ["LAME", "Lavf", "Lavc"];

const rates = [44_100, 48_000, 32_000];

/** The window of the true sound of an mp3 file; everything when no tag says more. */
export async function mp3Window(read: ReadBytes, size: number): Promise<TrackWindow> {
  let at = 0;
  for (;;) {
    const head = await read(at, Math.min(at + 10, size));
    if (head.length < 10 || letters(head, 0, 3) !== "ID3") break;
    const length = [6, 7, 8, 9].reduce((sum, i) => sum * 128 + ((head[i] as number) & 127), 0);
    at += 10 + length + ((head[5] as number) & 16 ? 10 : 0);
  }
  return windowOf(await read(at, Math.min(at + SEARCHED, size)));
}

function windowOf(bytes: Uint8Array): TrackWindow {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame = 0;
  // Layer III of any MPEG version, with a bit rate and a sample rate that exist.
  while (frame + 4 <= bytes.length && !isHeader(view.getUint32(frame))) frame++;
  if (frame + 200 > bytes.length) return EVERYTHING;
  const header = view.getUint32(frame);
  const version = (header >>> 19) & 3;
  const mono = ((header >>> 6) & 3) === 3;
  const rate = (rates[(header >>> 10) & 3] as number) / (version === 3 ? 1 : version === 2 ? 2 : 4);
  let at = frame + 4 + (version === 3 ? (mono ? 17 : 32) : mono ? 9 : 17);
  const tag = letters(bytes, at, 4);
  if (tag !== "Xing" && tag !== "Info") return EVERYTHING;
  const flags = view.getUint32(at + 4);
  const frames = flags & 1 ? view.getUint32(at + 8) : undefined;
  at += 8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  if (at + 24 > bytes.length || !WRITERS.includes(letters(bytes, at, 4))) return EVERYTHING;
  const numbers = view.getUint32(at + 20) & 0xffffff;
  const [delay, padding] = [numbers >>> 12, numbers & 0xfff];
  const from = (delay + DECODER_DELAY) / rate;
  const samples = frames === undefined ? undefined : frames * (version === 3 ? 1152 : 576) - padding + DECODER_DELAY;
  return { from, to: samples !== undefined && samples / rate > from ? samples / rate : EVERYTHING.to };
}

function isHeader(word: number): boolean {
  if (word >>> 21 !== 0x7ff || ((word >>> 19) & 3) === 1 || ((word >>> 17) & 3) !== 1) return false;
  const bitrate = (word >>> 12) & 15;
  return bitrate > 0 && bitrate < 15 && ((word >>> 10) & 3) < 3;
}

const letters = (bytes: Uint8Array, at: number, count: number): string => String.fromCharCode(...bytes.subarray(at, at + count));
